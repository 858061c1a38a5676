import { stream } from "@opnas/core";
import { expect, test } from "vitest";
import { repeatStretches, sampleRepeat } from "./repeats.js";

test.each([8, 12, 32, 128])(
  "a stretch of %i tokens recurs later, within [CLS] and [SEP]",
  (length) => {
    const random = stream(1, "repeats");
    const lengths = new Set<number>();
    for (let time = 0; time < 500; time++) {
      const repeat = sampleRepeat(random, length);
      expect(repeat.from).toBeGreaterThanOrEqual(1);
      expect(repeat.to).toBeGreaterThanOrEqual(repeat.from + repeat.length);
      expect(repeat.to + repeat.length).toBeLessThanOrEqual(length - 1);
      expect(repeat.length).toBeGreaterThanOrEqual(1);
      lengths.add(repeat.to - repeat.from);
    }
    // The distance is no constant that a convolution could learn.
    expect(lengths.size).toBeGreaterThan(length / 4);
  },
);

test("the share of the rows gets a repeated stretch, and all else stays", () => {
  const length = 32;
  const text = Int32Array.from({ length: 4 * length }, (_, at) => at);
  const ids = text.slice();
  repeatStretches(stream(1, "repeats"), ids, length, 0.5);
  const changed = (row: number) => {
    const now = ids.subarray(row * length, (row + 1) * length);
    return [...now.keys()].filter((at) => now[at] !== text[row * length + at]);
  };
  for (const row of [0, 1]) {
    const places = changed(row);
    expect(places.length).toBeGreaterThan(0);
    // Each changed token is of one stretch before it, at one distance.
    const distances = new Set(
      places.map((at) => row * length + at - (ids[row * length + at] ?? 0)),
    );
    expect(distances.size).toBe(1);
    expect([...distances][0]).toBeGreaterThanOrEqual(places.length);
  }
  expect([...changed(2), ...changed(3)]).toEqual([]);
});

test("without a share nothing changes", () => {
  const ids = Int32Array.from({ length: 64 }, (_, at) => at);
  repeatStretches(stream(1, "repeats"), ids, 32, 0);
  expect([...ids]).toEqual([...ids.keys()]);
});
