import { type Database, type Notifications, workerChannel } from "@opnas/prisma";
import { Repeater } from "@repeaterjs/repeater";
import { throttle } from "../events/throttle.js";
import type { Backoff } from "../events/backoff.js";
import { abortOnLeave, Latch } from "../events/latch.js";
import { listWorkers } from "./list.js";
import { noticeable } from "./noticeable.js";
import type { Worker } from "./types.js";

/** A killed worker sends no notification: the list is read this often to find that it is lost. */
const pollMilliseconds = 2_000;

/** Longest time after which changes that nobody notices, such as that of the last report, are sent. */
const renewMilliseconds = 20_000;

/**
 * Streams the list of workers, at once and whenever somebody would notice a change; at most four messages
 * a second. Each worker reports every few seconds, mostly nothing new.
 */
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
      let sent = { everything: "", noticed: "", at: 0 };
      while (!signal.aborted) {
        const workers = await backoff.retry(() => listWorkers(database), signal);
        if (workers !== undefined) {
          const everything = JSON.stringify(workers);
          const noticed = noticeable(workers);
          const now = performance.now();
          const isDue = noticed !== sent.noticed || now - sent.at >= renewMilliseconds;
          if (everything !== sent.everything && isDue) {
            sent = { everything, noticed, at: now };
            await push(workers);
          }
        }
        await throttle(signal);
        await changed.wait();
      }
    } finally {
      clearInterval(poll);
      unlisten();
    }
  });
}
