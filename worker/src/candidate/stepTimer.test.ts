import { afterEach, expect, test, vi } from "vitest";
import { StepClock } from "./stepTimer.js";

afterEach(() => void vi.restoreAllMocks());

/** A clock to which the steps of one training, of these milliseconds, have been reported. */
function timed(train: readonly number[], fineTune: readonly number[] = []): StepClock {
  const clock = new StepClock();
  let now = 1_000;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  for (const [phase, lengths] of [
    ["train", train],
    ["fine-tune", fineTune],
  ] as const) {
    for (const [index, milliseconds] of lengths.entries()) {
      now += milliseconds;
      clock.tick(phase, index + 1);
      clock.tick("score", 1);
    }
  }
  return clock;
}

test("takes the median of the candidate's own steps, the first aside", () => {
  expect(timed([900, 10, 30, 20, 500, 40], [1, 1, 1, 1, 1, 1]).median()).toBeCloseTo(0.03);
  expect(timed([900, 10, 30, 20, 500, 40, 20]).median()).toBeCloseTo(0.025);
});

test("takes fine-tuning's where the candidate had fewer than five", () => {
  expect(timed([9, 9, 9, 9, 9], [700, 4, 5, 6, 7, 8]).median()).toBeCloseTo(0.006);
});

test("gives none where neither had five", () => {
  expect(timed([9, 9, 9, 9, 9], [7, 4, 5, 6, 7]).median()).toBeNull();
  expect(timed([]).median()).toBeNull();
});
