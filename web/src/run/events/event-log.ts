import type { EventLine } from "./queries";

/** Largest number of events in the log; older ones stay in the database. */
export const maxEvents = 500;

/**
 * Adds events to a log that is ordered by `seq`. Events may come in any order and more than once
 * (stored ones are queried while live ones arrive); each is kept once.
 */
export function mergeEvents(
  log: readonly EventLine[],
  events: readonly EventLine[],
): readonly EventLine[] {
  const bySeq = new Map(log.map((event) => [event.seq, event]));
  for (const event of events) bySeq.set(event.seq, event);
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq).slice(-maxEvents);
}

export const progressKind = "supernet.progress";

/**
 * Leaves out each progress event that another one follows, for the newest of them has all the news.
 */
export function foldProgress(log: readonly EventLine[]): readonly EventLine[] {
  return log.filter(
    (event, index) => !(event.kind === progressKind && log[index + 1]?.kind === progressKind),
  );
}
