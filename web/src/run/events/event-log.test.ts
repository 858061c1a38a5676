import { expect, test } from "vitest";
import { foldProgress, maxEvents, mergeEvents } from "./event-log";
import type { EventLine } from "./queries";

function event(seq: number, kind = "candidate.evaluated", payload: unknown = {}): EventLine {
  const time = "2026-01-01T00:00:00Z";
  return { seq, kind, time, payload, architecture: null, generation: null };
}
const seqs = (log: readonly EventLine[]) => log.map(({ seq }) => seq);

test("stored events that arrive after live ones are sorted before them, each once", () => {
  const live = mergeEvents([], [event(5), event(6)]);
  expect(seqs(mergeEvents(live, [event(3), event(4), event(5)]))).toEqual([3, 4, 5, 6]);
});

test("a log that is full drops its oldest events", () => {
  const many = Array.from({ length: maxEvents + 10 }, (_, index) => event(index + 1));
  const log = mergeEvents([], many);
  expect(log).toHaveLength(maxEvents);
  expect(log[0]?.seq).toBe(11);
});

test("of consecutive progress events only the newest is shown", () => {
  const log = [
    event(1, "run.created"),
    event(2, "supernet.progress"),
    event(3, "supernet.progress"),
    event(4, "run.status"),
    event(5, "supernet.progress"),
  ];
  expect(seqs(foldProgress(log))).toEqual([1, 3, 4, 5]);
});
