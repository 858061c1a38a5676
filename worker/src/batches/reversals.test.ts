import { stream } from "@opnas/core";
import { expect, test } from "vitest";
import { maskId } from "../text/types.js";
import { maskReversals, reverseHalf, sampleHidden } from "./reversals.js";

const [firstToken, lastToken] = [2, 3];

/** Returns [CLS], so many different tokens, [SEP]. */
function rowOfTokens(tokens: number): Int32Array {
  return Int32Array.of(
    firstToken,
    ...Array.from({ length: tokens }, (_, at) => 100 + at),
    lastToken,
  );
}

test.each([6, 7, 30])("the second half of %i tokens is the first in reverse order", (tokens) => {
  const row = rowOfTokens(tokens);
  const before = row.slice();
  reverseHalf(row);
  const half = tokens >> 1;
  const kept = tokens - half;
  expect([...row.subarray(0, 1 + kept)]).toEqual([...before.subarray(0, 1 + kept)]);
  expect([...row.subarray(1 + kept, 1 + tokens)]).toEqual(
    [...before.subarray(1, 1 + half)].reverse(),
  );
  expect(row.at(-1)).toBe(lastToken);
});

test("hidden words stand unhidden in the first half, as many of every row, at many distances", () => {
  const length = 32;
  const rows = 8;
  const ids = Int32Array.from(Array.from({ length: rows }, () => [...rowOfTokens(30)]).flat());
  const before = ids.slice();
  const { ids: masked, positions, targets } = maskReversals(stream(1, "reversals"), ids, length);
  expect(ids).toEqual(before);
  expect(positions).toHaveLength(rows * 9);
  const distances = new Set<number>();
  for (const [index, position] of positions.entries()) {
    const row = Math.floor(position / length);
    expect(row).toBe(Math.floor(index / 9));
    expect(masked[position]).toBe(maskId);
    const column = position - row * length;
    const source = length - 1 - column;
    expect(source).toBeLessThan(column);
    expect(masked[row * length + source]).toBe(targets[index]);
    distances.add(column - source);
  }
  expect(distances.size).toBe(15);
  expect(masked.filter((id) => id === maskId)).toHaveLength(positions.length);
});

test("a row of three tokens hides one", () => {
  expect(sampleHidden(stream(1, "short"), 5)).toEqual([3]);
});
