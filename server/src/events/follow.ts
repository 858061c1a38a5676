import { type RunEvent, runChannel } from "@opnas/prisma";
import { Repeater } from "@repeaterjs/repeater";
import { batchSize, type EventLog } from "./eventLog.js";
import type { Notifications } from "./notifications.js";
import type { Patience } from "./patience.js";
import { leaving, Signal } from "./signal.js";

/**
 * Every event of a run with seq > `after`: first what is stored, then what is added, in order, none
 * twice. A run's events have gapless numbers in commit order, so "greater than the last one sent"
 * is all there is to know; a notification, also one during the replay, only says when to look.
 *
 * The reader pulls: nothing is read ahead beyond one batch, so a slow client costs no memory. It
 * ends when the reader leaves. While the database is away it waits and goes on from the last one.
 */
export function followRun(
  services: { eventLog: Pick<EventLog, "read">; notifications: Notifications; patience: Patience },
  runId: string,
  after: number,
): AsyncIterable<RunEvent> {
  const { eventLog, notifications, patience } = services;
  return new Repeater<RunEvent>(async (push, stop) => {
    const news = new Signal();
    const unlisten = notifications.listen(runChannel, (payload) => {
      if (payload === runId || payload === null) news.raise();
    });
    const left = leaving(stop, news);
    try {
      let last = after;
      while (!left.aborted) {
        const read = () => eventLog.read(runId, last);
        const events = (await patience.read(read, left)) ?? [];
        for (const event of events) {
          // Resolves when the reader asks for the next; once it left, the rest is dropped unseen.
          await push(event);
          last = event.seq;
        }
        if (events.length < batchSize) await news.wait();
      }
    } finally {
      unlisten();
    }
  });
}
