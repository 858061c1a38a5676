import { stream } from "@opnas/core";
import { describe, expect, test } from "vitest";

import { maskBatch, maskedBatches } from "./masked.js";
import { smallData, smallSettings } from "../text/testing/smallData.js";
import { clsId, firstWordId, maskId, padId, sepId, unknownId } from "../text/types.js";

const vocabulary = 500;

/** 40 rows of length 32: [CLS] 28 words, one of them unknown, [SEP] and two of padding. */
function batch(): Int32Array {
  const random = stream(1, "batch");
  return Int32Array.from({ length: 40 * 32 }, (_, at) => {
    const column = at % 32;
    if (column === 0) return clsId;
    if (column === 7) return unknownId;
    if (column === 29) return sepId;
    return column > 29 ? padId : firstWordId + random.int(vocabulary - firstWordId);
  });
}

describe("maskBatch", () => {
  test("never hides special tokens or padding and never uses one as a replacement", () => {
    const ids = batch();
    const masked = maskBatch(stream(2, "masks"), ids, 0.9, vocabulary);
    for (const position of masked.positions) {
      expect(ids[position]).toBeGreaterThanOrEqual(firstWordId);
      const now = masked.ids[position] ?? padId;
      expect(now === maskId || (now >= firstWordId && now < vocabulary)).toBe(true);
    }
  });

  test("hides the same number of tokens for every stream, at ascending positions, and returns their ids", () => {
    const ids = batch();
    for (let seed = 0; seed < 5; seed++) {
      const { positions, targets } = maskBatch(stream(seed, "masks"), ids, 0.3, vocabulary);
      expect(positions).toHaveLength(Math.round(0.3 * 40 * 27));
      expect([...positions]).toEqual([...new Set(positions)].sort((a, b) => a - b));
      expect([...targets]).toEqual([...positions].map((position) => ids[position]));
    }
  });

  test("leaves its input and every position that was not chosen as they were", () => {
    const ids = batch();
    const before = ids.slice();
    const masked = maskBatch(stream(3, "masks"), ids, 0.3, vocabulary);
    expect(ids).toEqual(before);
    const chosen = new Set(masked.positions);
    expect([...masked.ids].every((id, at) => chosen.has(at) || id === ids[at])).toBe(true);
  });

  test("makes 80 % of the hidden tokens [MASK], 10 % another word and leaves 10 %", () => {
    const ids = batch();
    const { ids: now, positions } = maskBatch(stream(4, "masks"), ids, 0.9, vocabulary);
    const share = (test: (position: number) => boolean) =>
      positions.filter(test).length / positions.length;
    expect(share((at) => now[at] === maskId)).toBeCloseTo(0.8, 1);
    expect(share((at) => now[at] === ids[at])).toBeCloseTo(0.1, 1);
  });

  test("hides the same tokens for equal streams and others for different streams", () => {
    const ids = batch();
    const sample = (seed: number) => maskBatch(stream(seed, "masks"), ids, 0.3, vocabulary);
    expect(sample(5)).toEqual(sample(5));
    expect(sample(5).positions).not.toEqual(sample(6).positions);
  });
});

describe("maskedBatches", () => {
  test("reverses a share of the rows, hides in all and keeps one shape", () => {
    const settings = { ...smallSettings(), reversals: 0.5 };
    const data = smallData();
    const { length } = data.pretrain;
    const batchOf = maskedBatches(settings, data, 8, 1, "test");
    const shapes = new Set<string>();
    for (let step = 0; step < 5; step++) {
      const { ids, positions, targets } = batchOf(step);
      expect([...positions]).toEqual([...new Set(positions)].sort((a, b) => a - b));
      shapes.add(`${ids.length} ${positions.length} ${targets.length}`);
      for (const [index, position] of positions.entries()) {
        const row = Math.floor(position / length);
        if (row >= 4) continue;
        const mirrored = row * length + (length - 1 - (position - row * length));
        expect(ids[mirrored]).toBe(targets[index]);
      }
      expect(positions.some((position) => position >= 4 * length)).toBe(true);
    }
    expect(shapes.size).toBe(1);
  });

  test("may reverse all rows", () => {
    const data = smallData();
    const batch = maskedBatches({ ...smallSettings(), reversals: 1 }, data, 4, 1, "test")(0);
    expect(batch.ids).toHaveLength(4 * data.pretrain.length);
    expect(batch.positions.length % 4).toBe(0);
  });
});
