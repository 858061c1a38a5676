import type { Channel, Notifications } from "@opnas/prisma";
import { Repeater } from "@repeaterjs/repeater";
import type { Backoff } from "./backoff.js";
import { abortOnLeave, Latch } from "./latch.js";

/** A row to follow: where changes of it are told, and how it is read. */
export interface FollowedRow<Row> {
  channel: Channel;
  id: string;
  read: () => Promise<Row | null>;
}

/**
 * Streams the states of a row, the present one at once, until it is DONE or FAILED or the reader leaves.
 * States that follow each other faster than they are read are passed over; the last one never is.
 */
export function followRow<Row extends { status: string }>(
  services: { notifications: Notifications; backoff: Backoff },
  { channel, id, read }: FollowedRow<Row>,
): AsyncIterable<Row> {
  const { notifications, backoff } = services;
  return new Repeater<Row>(async (push, stop) => {
    const changed = new Latch();
    const unlisten = notifications.listen(channel, (payload) => {
      if (payload === id || payload === null) changed.release();
    });
    const signal = abortOnLeave(stop, changed);
    try {
      while (!signal.aborted) {
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
