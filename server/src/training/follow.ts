import {
  type Database,
  type PretrainingMetric,
  pretrainingChannel,
  type PretrainingStatus,
} from "@opnas/prisma";
import { Repeater } from "@repeaterjs/repeater";
import type { Notifications } from "../events/notifications.js";
import type { Patience } from "../events/patience.js";
import { leaving, Signal } from "../events/signal.js";

/** Points read, and sent as one message, at most. */
export const batchSize = 200;

const under: readonly PretrainingStatus[] = ["QUEUED", "RUNNING"];

/**
 * The loss curve of a training behind step `after`: first what is stored, then what is added, in
 * order, none twice. Points are stored in the order of their steps and never changed, so "greater
 * than the last one sent" is all there is to know; a notification only says when to look.
 *
 * It ends when the training is over and all is sent, or when the reader leaves. While the database
 * is away it waits and goes on from the last point.
 */
export function followTraining(
  services: { database: Database; notifications: Notifications; patience: Patience },
  trainingId: string,
  after: number,
): AsyncIterable<PretrainingMetric[]> {
  const { database, notifications, patience } = services;
  return new Repeater<PretrainingMetric[]>(async (push, stop) => {
    const news = new Signal();
    const unlisten = notifications.listen(pretrainingChannel, (payload) => {
      if (payload === trainingId || payload === null) news.raise();
    });
    const left = leaving(stop, news);
    try {
      let last = after;
      while (!left.aborted) {
        const found = await patience.read(() => next(database, trainingId, last), left);
        const { points = [], isUnderWay = false } = found ?? {};
        if (points.length > 0) await push(points);
        last = points.at(-1)?.step ?? last;
        if (points.length === batchSize) continue;
        if (!isUnderWay) break;
        await news.wait();
      }
      stop();
    } finally {
      unlisten();
    }
  });
}

/** The next points, and whether more may come: asked first, so that nothing is stored in between. */
async function next(database: Database, trainingId: string, last: number) {
  const training = await database.pretraining.findUnique({ where: { id: trainingId } });
  const points = await database.pretrainingMetric.findMany({
    where: { pretrainingId: trainingId, step: { gt: last } },
    orderBy: { step: "asc" },
    take: batchSize,
  });
  return { points, isUnderWay: training !== null && under.includes(training.status) };
}
