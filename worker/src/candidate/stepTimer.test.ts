import { afterEach, describe, expect, test, vi } from "vitest";
import { StepTimer, type StepMedians } from "./stepTimer.js";

afterEach(() => void vi.restoreAllMocks());

describe("StepTimer", () => {
  test("reports the median of the candidate's own steps, leaving the first out", () => {
    expect(timed([900, 10, 30, 20, 500, 40], [1, 1, 1, 1, 1, 1]).median()).toBeCloseTo(0.03);
    expect(timed([900, 10, 30, 20, 500, 40, 20]).median()).toBeCloseTo(0.025);
  });

  test("reports fine-tuning's median where the candidate had fewer than five", () => {
    expect(timed([9, 9, 9, 9, 9], [700, 4, 5, 6, 7, 8]).median()).toBeCloseTo(0.006);
  });

  test("reports null where neither phase had five steps", () => {
    expect(timed([9, 9, 9, 9, 9], [7, 4, 5, 6, 7]).median()).toBeNull();
    expect(timed([]).median()).toBeNull();
  });

  test("goes on from the medians of an evaluation that it resumes", () => {
    const earlier = { train: 0.2, "fine-tune": 0.1 };
    expect(timed([], [1, 1, 1, 1, 1, 1], earlier).medians()).toEqual({
      train: 0.2,
      "fine-tune": 0.001,
    });
    const resumed = new StepTimer();
    for (const done of [7, 8, 9]) resumed.record({ phase: "train", done, total: 9 });
    expect(resumed.median()).toBeNull();
  });
});

/** A timer to which the steps of one training, of these milliseconds, have been reported. */
function timed(
  train: readonly number[],
  fineTune: readonly number[] = [],
  earlier?: StepMedians,
): StepTimer {
  const timer = new StepTimer(earlier);
  let now = 1_000;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  for (const [phase, lengths] of [
    ["train", train],
    ["fine-tune", fineTune],
  ] as const) {
    for (const [index, milliseconds] of lengths.entries()) {
      now += milliseconds;
      timer.record({ phase, done: index + 1, total: lengths.length });
      timer.record({ phase: "score", done: 1, total: 1 });
    }
  }
  return timer;
}
