import { type Notifications, type RunEvent, runChannel } from "@opnas/prisma";
import { Repeater } from "@repeaterjs/repeater";
import { batchSize, type EventLog } from "./eventLog.js";
import type { Backoff } from "./backoff.js";
import { abortOnLeave, Latch } from "./latch.js";

/**
 * Streams every event of a run with seq > `after`: first the stored ones, then those that are added,
 * in order, none twice. A run's events have gapless numbers in commit order, so "greater than the
 * last one sent" is a sufficient condition; a notification, also one during the replay, only says
 * when to read again.
 *
 * The reader pulls: nothing is read ahead beyond one batch, so a slow client costs no memory. The
 * stream ends when the reader leaves. While the database cannot be reached it waits, and then it
 * continues after the last event sent.
 */
export function followRun(
  services: { eventLog: Pick<EventLog, "read">; notifications: Notifications; backoff: Backoff },
  runId: string,
  after: number,
): AsyncIterable<RunEvent> {
  const { eventLog, notifications, backoff } = services;
  return new Repeater<RunEvent>(async (push, stop) => {
    const changed = new Latch();
    const unlisten = notifications.listen(runChannel, (payload) => {
      if (payload === runId || payload === null) changed.release();
    });
    const signal = abortOnLeave(stop, changed);
    try {
      let last = after;
      while (!signal.aborted) {
        const read = () => eventLog.read(runId, last);
        const events = (await backoff.retry(read, signal)) ?? [];
        for (const event of events) {
          // Resolves when the reader asks for the next; once it has left, the rest is dropped unseen.
          await push(event);
          last = event.seq;
        }
        if (events.length < batchSize) await changed.wait();
      }
    } finally {
      unlisten();
    }
  });
}
