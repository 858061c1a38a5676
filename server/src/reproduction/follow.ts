import {
  type Database,
  type Notifications,
  type Reproduction,
  reproductionChannel,
} from "@opnas/prisma";
import { Repeater } from "@repeaterjs/repeater";
import type { Backoff } from "../events/backoff.js";
import { abortOnLeave, Latch } from "../events/latch.js";

/**
 * Streams the states of a reproduction, the present one at once, until it is over or the reader leaves.
 * States that follow each other faster than they are read are passed over; the last one never is.
 */
export function followReproduction(
  services: { database: Database; notifications: Notifications; backoff: Backoff },
  id: string,
): AsyncIterable<Reproduction> {
  const { database, notifications, backoff } = services;
  return new Repeater<Reproduction>(async (push, stop) => {
    const changed = new Latch();
    const unlisten = notifications.listen(reproductionChannel, (payload) => {
      if (payload === id || payload === null) changed.release();
    });
    const signal = abortOnLeave(stop, changed);
    try {
      while (!signal.aborted) {
        const read = () => database.reproduction.findUnique({ where: { id } });
        const row = await backoff.retry(read, signal);
        if (row == null) break;
        await push(row);
        if (row.status === "DONE" || row.status === "FAILED") break;
        await changed.wait();
      }
      stop();
    } finally {
      unlisten();
    }
  });
}
