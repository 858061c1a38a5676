import { stream } from "@opnas/core";
import { expect, test } from "vitest";
import { item, numbersFrom } from "../common/items.ts";
import {
  cellsOf,
  evaluationsOf,
  meanWithInterval,
  ratioWithInterval,
  resultOf,
  shareWithInterval,
  type Pair,
} from "./report.ts";

/** Returns a curve that holds a score from each of some evaluations on, 200 in all. */
function curveOf(steps: Readonly<Record<number, number>>): number[] {
  let score = 0;
  return numbersFrom(1, 200).map((evaluation) => (score = steps[evaluation] ?? score));
}

/** Two searches of tables whose best scores are 10 and 20. */
const trials = {
  curves: [curveOf({ 1: 4, 50: 9, 150: 10 }), curveOf({ 1: 1, 51: 20 })],
  targets: [9, 19],
  bests: [10, 20],
};

test("evaluations count until the target of the seed's own table is reached", () => {
  expect(evaluationsOf(trials)).toEqual([50, 51]);
  expect(evaluationsOf({ ...trials, targets: [11, 19] })).toEqual([Infinity, 51]);
});

test("regret is the table's best minus what the search holds, and 0 with the best", () => {
  const { regret, holdingTheBest, curve, seeds } = resultOf(trials);
  expect([50, 100, 200].map((count) => regret[count]?.median)).toEqual([(1 + 19) / 2, 0.5, 0]);
  expect([50, 100, 200].map((count) => holdingTheBest[count]?.median)).toEqual([0, 0.5, 1]);
  expect(curve).toHaveLength(200);
  expect(seeds).toBe(2);
});

test("a search that ended early keeps what it had found", () => {
  const short = { curves: [[1, 10]], targets: [10], bests: [10] };
  const { regret, holdingTheBest, curve } = resultOf(short);
  expect(regret[200]?.median).toBe(0);
  expect(holdingTheBest[50]?.median).toBe(1);
  expect(curve.at(-1)?.median).toBe(10);
});

test("a share's interval is Wilson's", () => {
  const { median, low, high } = shareWithInterval(20, 100);
  expect(median).toBe(0.2);
  expect(low).toBeCloseTo(0.1334, 3);
  expect(high).toBeCloseTo(0.2888, 3);
  expect(shareWithInterval(0, 10)).toMatchObject({ median: 0, low: 0 });
  expect(shareWithInterval(10, 10)).toMatchObject({ median: 1, high: 1 });
});

test("a mean's interval holds it and is narrower with more values", () => {
  const random = stream(1, "values");
  const width = (count: number) => {
    const values = Array.from({ length: count }, () => random.normal());
    const { median, low, high } = meanWithInterval(values);
    expect(low).toBeLessThan(median);
    expect(high).toBeGreaterThan(median);
    return high - low;
  };
  expect(width(400)).toBeLessThan(width(50));
});

test("a ratio is of medians, and pairs that vary together give a narrow interval", () => {
  const random = stream(1, "pairs");
  const base = Array.from({ length: 101 }, () => 20 + random.int(200));
  const together = base.map((count): Pair => [count / 2, count]);
  const apart = base.map((count, at): Pair => [count / 2, item(base, (at + 50) % 101)]);
  const paired = ratioWithInterval([together]);
  expect(paired).toEqual({ median: 0.5, low: 0.5, high: 0.5 });
  const unpaired = ratioWithInterval([apart]);
  expect(unpaired.median).toBe(0.5);
  expect(unpaired.low).toBeLessThan(0.45);
  expect(unpaired.high).toBeGreaterThan(0.55);
});

test("the ratio over tables is the geometric mean", () => {
  const same = (first: number, second: number) =>
    numbersFrom(1, 5).map((): Pair => [first, second]);
  expect(ratioWithInterval([same(10, 20), same(40, 20)]).median).toBeCloseTo(1);
  expect(ratioWithInterval([same(10, 20), same(10, 80)]).median).toBeCloseTo(0.25);
  // Neither ever arrived.
  expect(ratioWithInterval([same(Infinity, Infinity)]).median).toBe(1);
});

test("a row shows shares as per cent, and a median that was never reached as such", () => {
  const result = resultOf({ ...trials, targets: [11, 21] });
  expect(cellsOf(result, null, 2)).toEqual([
    "over 400 (over 400–over 400)",
    "–",
    "0 50 100",
    "10.00 0.50 0.00",
  ]);
});
