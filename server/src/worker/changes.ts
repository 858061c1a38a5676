import { type Database, type Notifications, workerChannel } from "@opnas/prisma";
import { throttle } from "../events/throttle.js";
import type { Backoff } from "../events/backoff.js";
import { Latch } from "../events/latch.js";
import { type Publish, SharedStream } from "../events/sharedStream.js";
import { listWorkers } from "./list.js";
import { noticeable } from "./noticeable.js";
import type { Worker } from "./types.js";

/** A killed worker sends no notification: the list is read this often to find that it is lost. */
const pollMilliseconds = 2_000;

/** Longest time after which changes that nobody notices, such as that of the last report, are sent. */
const renewMilliseconds = 20_000;

interface Services {
  database: Database;
  notifications: Notifications;
  backoff: Backoff;
}

/** The list of workers, which is read once for all who follow it. */
export class WorkerStream {
  private readonly stream: SharedStream<Worker[]>;
  /** The list as it was last sent; undefined while nobody follows it. */
  private present: Worker[] | undefined;

  constructor(private readonly services: Services) {
    this.stream = new SharedStream<Worker[]>(
      (publish, signal) => this.produce(publish, signal),
      () => (this.present = undefined),
    );
  }

  /**
   * Streams the list of workers, at once and whenever somebody would notice a change; at most four messages
   * a second. Each worker reports every few seconds, mostly nothing new.
   */
  follow(): AsyncIterable<Worker[]> {
    const { present } = this;
    return this.stream.follow(() => Promise.resolve(present === undefined ? [] : [present]));
  }

  private async produce(publish: Publish<Worker[]>, signal: AbortSignal): Promise<void> {
    const { database, notifications, backoff } = this.services;
    const changed = new Latch();
    signal.addEventListener("abort", changed.release);
    const unlisten = notifications.listen(workerChannel, changed.release);
    const poll = setInterval(changed.release, pollMilliseconds);
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
            this.present = workers;
            await publish([workers]);
          }
        }
        await throttle(signal);
        await changed.wait();
      }
    } finally {
      clearInterval(poll);
      unlisten();
    }
  }
}
