import { expect, test } from "vitest";
import { scoreTicks } from "./score-ticks";

test("score ticks are at most six round numbers that include every score", () => {
  expect(scoreTicks([12, 71.4])).toEqual([0, 20, 40, 60, 80]);
  expect(scoreTicks([61.2, 63.8])).toEqual([61, 62, 63, 64]);
  expect(scoreTicks([0, 99])).toEqual([0, 20, 40, 60, 80, 100]);
});

test("an axis without scores goes from 0 to 100, and one of a single score has two ticks", () => {
  expect(scoreTicks([])).toEqual([0, 25, 50, 75, 100]);
  expect(scoreTicks([50])).toHaveLength(2);
});
