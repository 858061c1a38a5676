import { type Database, type Notifications, workerChannel } from "@opnas/prisma";
import { Repeater } from "@repeaterjs/repeater";
import { throttle } from "../events/throttle.js";
import type { Backoff } from "../events/backoff.js";
import { abortOnLeave, Latch } from "../events/latch.js";
import { listWorkers } from "./list.js";
import type { Worker } from "./types.js";

/** A killed worker sends no notification: the list is read this often to find that it is lost. */
const pollMilliseconds = 2_000;

/** Streams the list of workers, at once and whenever it changes; at most four messages a second. */
export function workerChanges(services: {
  database: Database;
  notifications: Notifications;
  backoff: Backoff;
}): AsyncIterable<Worker[]> {
  const { database, notifications, backoff } = services;
  return new Repeater<Worker[]>(async (push, stop) => {
    const changed = new Latch();
    const unlisten = notifications.listen(workerChannel, changed.release);
    const poll = setInterval(changed.release, pollMilliseconds);
    const signal = abortOnLeave(stop, changed);
    try {
      let sent: string | undefined;
      while (!signal.aborted) {
        const workers = await backoff.retry(() => listWorkers(database), signal);
        const json = JSON.stringify(workers);
        if (workers !== undefined && json !== sent) {
          sent = json;
          await push(workers);
          await throttle(signal);
        }
        await changed.wait();
      }
    } finally {
      clearInterval(poll);
      unlisten();
    }
  });
}
