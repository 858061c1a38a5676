import { mean } from "simple-statistics";
import { describe, expect, test } from "vitest";
import type { StrategyName } from "../settings/names.js";
import { runSearch } from "./runSearch.js";
import { upperConfidenceBound } from "./screening.js";
import { slotSpace } from "./slotSpace.js";
import { choice, ordered } from "./slotValues.js";
import { fitSurrogate } from "./surrogate/gaussianProcess.js";

const levels = Array.from({ length: 33 }, (_, level) => level);
const inOrder = slotSpace({ width: ordered(levels), kind: choice(["a", "b"]) });
const unordered = slotSpace({ width: choice(levels), kind: choice(["a", "b"]) });
type Architecture = ReturnType<typeof inOrder.sample>;

/** A score that is highest at the level 20 and better with "b", but for a ripple between levels. */
const scoreOf = ({ width, kind }: Architecture) =>
  -Math.abs(width - 20) + (kind === "b" ? 3 : 0) + (width % 2) / 2;
const evaluated = [0, 8, 16, 24, 32].flatMap((width) =>
  (["a", "b"] as const).map((kind) => {
    const architecture: Architecture = { width, kind };
    return { architecture, score: scoreOf(architecture) };
  }),
);
const unseen: Architecture[] = [4, 12, 18, 22, 28].map((width) => ({ width, kind: "b" }));

describe("of values between those that were evaluated", () => {
  test("the Gaussian process predicts scores only if it knows their order", () => {
    const means = (space: typeof inOrder) =>
      fitSurrogate(evaluated, space)
        .predict(unseen)
        .predictions.map((prediction) => prediction.mean);
    const [four = 0, twelve = 0, eighteen = 0, , twentyEight = 0] = means(inOrder);
    expect(twelve).toBeGreaterThan(four);
    expect(eighteen).toBeGreaterThan(twelve);
    expect(eighteen).toBeGreaterThan(twentyEight);
    expect(new Set(means(unordered).map((one) => one.toFixed(9))).size).toBe(1);
  });

  test("the Gaussian process is less certain the farther they are from these", () => {
    const near: Architecture[] = [1, 2, 4].map((width) => ({ width, kind: "b" }));
    const { predictions } = fitSurrogate(evaluated, inOrder).predict(near);
    const variances = predictions.map(({ variance }) => variance);
    expect(variances).toEqual(variances.toSorted((a, b) => a - b));
  });

  test("linear screening predicts scores only if it knows their order", () => {
    const bounds = (space: typeof inOrder) => unseen.map(upperConfidenceBound(evaluated, space, 0));
    const [four = 0, twelve = 0, eighteen = 0] = bounds(inOrder);
    expect(twelve).toBeGreaterThan(four);
    expect(eighteen).toBeGreaterThan(twelve);
    expect(new Set(bounds(unordered).map((one) => one.toFixed(9))).size).toBe(1);
  });
});

/** Returns the mean of the best scores that searches with four ordered slots find. */
async function found(
  strategy: StrategyName,
  slot: typeof ordered<number> | typeof choice<number>,
  count: number,
) {
  const space = slotSpace({ a: slot(levels), b: slot(levels), c: slot(levels), d: slot(levels) });
  const evaluate = ({ a, b, c, d }: ReturnType<typeof space.sample>) =>
    -(Math.abs(a - 5) + Math.abs(b - 28) + Math.abs(c - 14) + Math.abs(d - a));
  const seeds = Array.from({ length: count }, (_, seed) => seed);
  const results = seeds.map((seed) =>
    runSearch({ space, evaluate, seed, strategy, evaluations: 36 }),
  );
  return mean((await Promise.all(results)).map(({ best }) => best?.score ?? NaN));
}

test.each([
  ["opnas", 8],
  ["tpe", 2],
  ["local-search", 96],
] as const)(
  "%s finds more where it knows the order of values",
  async (name, seeds) => {
    const best = await found(name, ordered, seeds);
    expect(best).toBeGreaterThan(await found(name, choice, seeds));
    expect(best).toBeGreaterThan(await found("random", ordered, seeds));
  },
  120_000,
);
