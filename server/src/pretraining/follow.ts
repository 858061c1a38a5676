import {
  type Database,
  type Notifications,
  type PretrainingMetric,
  pretrainingChannel,
  type PretrainingStatus,
} from "@opnas/prisma";
import { Repeater } from "@repeaterjs/repeater";
import type { Backoff } from "../events/backoff.js";
import { abortOnLeave, Latch } from "../events/latch.js";

/** The most points of one read and of one message. */
const batchSize = 200;

const openStatuses: readonly PretrainingStatus[] = ["QUEUED", "RUNNING"];

/**
 * Streams the loss curve of a pre-training after step `after`: first the stored points, then those
 * that are added, in order, none twice. Points are stored in the order of their steps and never
 * changed, so "greater than the last one sent" is a sufficient condition; a notification only says
 * when to read again.
 *
 * The stream ends when the pre-training is over and every point is sent, or when the reader leaves.
 * While the database cannot be reached it waits, and then it continues after the last point sent.
 */
export function followTraining(
  services: { database: Database; notifications: Notifications; backoff: Backoff },
  trainingId: string,
  after: number,
): AsyncIterable<PretrainingMetric[]> {
  const { database, notifications, backoff } = services;
  return new Repeater<PretrainingMetric[]>(async (push, stop) => {
    const changed = new Latch();
    const unlisten = notifications.listen(pretrainingChannel, (payload) => {
      if (payload === trainingId || payload === null) changed.release();
    });
    const signal = abortOnLeave(stop, changed);
    try {
      let last = after;
      while (!signal.aborted) {
        const found = await backoff.retry(() => next(database, trainingId, last), signal);
        const { points = [], isUnderWay = false } = found ?? {};
        if (points.length > 0) await push(points);
        last = points.at(-1)?.step ?? last;
        if (points.length === batchSize) continue;
        if (!isUnderWay) break;
        await changed.wait();
      }
      stop();
    } finally {
      unlisten();
    }
  });
}

/** Reads the next points, and whether more may come: that first, so that no point is missed. */
async function next(database: Database, trainingId: string, last: number) {
  const training = await database.pretraining.findUnique({ where: { id: trainingId } });
  const points = await database.pretrainingMetric.findMany({
    where: { pretrainingId: trainingId, step: { gt: last } },
    orderBy: { step: "asc" },
    take: batchSize,
  });
  return { points, isUnderWay: training !== null && openStatuses.includes(training.status) };
}
