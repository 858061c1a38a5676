import { expect, test } from "vitest";
import { pairedRatio } from "./stepRatio.js";

/**
 * A machine on which a step takes as long as its work times the load of that moment, which `loads`
 * says step by step.
 */
function machine(loads: readonly number[]) {
  let [time, step] = [0, 0];
  const seconds: number[] = [];
  return {
    seconds,
    now: () => time,
    step: (work: number) => () => {
      const taken = work * (loads[step++] ?? 1);
      seconds.push(taken);
      time += taken;
    },
  };
}

const ratioOf = async (own: number, bert: number, loads: readonly number[]) => {
  const { step, now, seconds } = machine(loads);
  const between = () => Promise.resolve();
  const work = { first: step(own), second: step(bert), pairs: 7, between };
  return { ratio: await pairedRatio(work, now), seconds };
};

/** Fourteen steps, one after the other. */
const steps = Array.from({ length: 14 }, (_, step) => step);

test("a load that all steps meet leaves the ratio as it is, and no second", async () => {
  const idle = await ratioOf(3, 2, []);
  const busy = await ratioOf(
    3,
    2,
    steps.map(() => 16),
  );
  expect(idle.ratio).toBeCloseTo(1.5);
  expect(busy.ratio).toBeCloseTo(1.5);
  expect(busy.seconds[0]).toBe(16 * (idle.seconds[0] ?? 0));
});

test("a load that grows steadily favours neither", async () => {
  const { ratio } = await ratioOf(
    3,
    2,
    steps.map((step) => 1 + step / 10),
  );
  expect(ratio / 1.5).toBeGreaterThan(0.95);
  expect(ratio / 1.5).toBeLessThan(1.05);
});

test("three pairs of seven that something cut into change nothing", async () => {
  const { ratio } = await ratioOf(
    3,
    2,
    steps.map((step) => ([0, 5, 9].includes(step) ? 50 : 1)),
  );
  expect(ratio).toBeCloseTo(1.5);
});
