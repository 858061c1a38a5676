import { type Database, workerChannel } from "@opnas/prisma";
import { Repeater } from "@repeaterjs/repeater";
import type { Notifications } from "../events/notifications.js";
import { pace } from "../events/pace.js";
import type { Patience } from "../events/patience.js";
import { leaving, Signal } from "../events/signal.js";
import { listWorkers } from "./list.js";
import type { Worker } from "./types.js";

/** A killed worker tells nothing: that it fell silent is found by looking this often. */
const lookMilliseconds = 2_000;

/** The list of workers, at once and whenever it changed; at most four messages a second. */
export function workerChanges(services: {
  database: Database;
  notifications: Notifications;
  patience: Patience;
}): AsyncIterable<Worker[]> {
  const { database, notifications, patience } = services;
  return new Repeater<Worker[]>(async (push, stop) => {
    const news = new Signal();
    const unlisten = notifications.listen(workerChannel, news.raise);
    const look = setInterval(news.raise, lookMilliseconds);
    const left = leaving(stop, news);
    try {
      let sent: string | undefined;
      while (!left.aborted) {
        const workers = await patience.read(() => listWorkers(database), left);
        const told = JSON.stringify(workers);
        if (workers !== undefined && told !== sent) {
          sent = told;
          await push(workers);
          await pace(left);
        }
        await news.wait();
      }
    } finally {
      clearInterval(look);
      unlisten();
    }
  });
}
