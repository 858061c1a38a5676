import { bertLayer, stream } from "@opnas/core";
import { beforeAll, expect, test, vi } from "vitest";
import { padId } from "../text/types.js";
import { floats } from "../engine/hostTensor.js";
import { inScope, tf } from "../engine/tf.js";
import { startEngine } from "../engine/start.js";
import { buildBackbone } from "../model/backbone.js";
import { tokenBatch } from "../model/batch.js";
import { initialWeights } from "../model/parameters.js";
import { upload, weightsOf } from "../model/tensors.js";
import { countingSequences, smallSettings } from "../text/testing/smallData.js";
import { meanSimilarity, tokenUniformity } from "./uniformity.js";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
beforeAll(() => startEngine("auto", 1));

const { size } = smallSettings();

/** The mean over sequences of the mean cosine over pairs of different kept tokens, as it is defined. */
function byLoops(states: readonly number[][][], isKept: readonly boolean[][]): number {
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, at) => sum + value * (b[at] ?? NaN), 0);
  const means = states.map((tokens, row) => {
    const kept = tokens.filter((_, at) => isKept[row]?.[at]);
    const cosines: number[] = [];
    for (const [i, a] of kept.entries()) {
      for (const [j, b] of kept.entries()) {
        if (i !== j) cosines.push(dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)));
      }
    }
    return cosines.reduce((sum, value) => sum + value, 0) / cosines.length;
  });
  return means.reduce((sum, value) => sum + value, 0) / means.length;
}

const nested = (values: Float32Array, b: number, n: number, width: number) =>
  Array.from({ length: b }, (_, row) =>
    Array.from({ length: n }, (_, at) => {
      const start = (row * n + at) * width;
      return [...values.subarray(start, start + width)];
    }),
  );

test("is the mean over pairs of different tokens, padding aside", () => {
  const random = stream(1, "hidden states");
  const [b, n, width] = [3, 5, 4];
  const values = Float32Array.from({ length: b * n * width }, () => random.normal() + 0.5);
  const lengths = [5, 2, 4];
  const isKept = lengths.map((length) => Array.from({ length: n }, (_, at) => at < length));
  const found = inScope(() => {
    const keep = tf.tensor2d(isKept.flat().map(Number), [b, n]);
    return floats(meanSimilarity(tf.tensor3d(values, [b, n, width]), keep))[0];
  });
  expect(found).toBeCloseTo(byLoops(nested(values, b, n, width), isKept), 5);
});

test("is 1 where all tokens point one way, and −1 where two are opposite", () => {
  const of = (values: number[], rows: number) =>
    inScope(() => {
      const states = tf.tensor3d(values, [1, rows, 2]);
      return floats(meanSimilarity(states, tf.ones([1, rows])))[0];
    });
  expect(of([1, 2, 2, 4, 0.5, 1], 3)).toBeCloseTo(1, 5);
  expect(of([1, 2, -3, -6], 2)).toBeCloseTo(-1, 5);
});

test("is measured after the embedding and after each layer of a model", () => {
  const backbone = buildBackbone(size, {
    version: 1,
    layers: [bertLayer, { kind: "conv", kernelSize: 5 }],
  });
  const weights = initialWeights(backbone.parameters, 1);
  const sequences = countingSequences(9, true);
  const found = tokenUniformity(backbone, weights, sequences);
  const tensors = tf.memory().numTensors;
  expect(tokenUniformity(backbone, weights, sequences)).toEqual(found);
  expect(tf.memory().numTensors).toBe(tensors);

  const { ids, count, length } = sequences;
  const isKept = Array.from({ length: count }, (_, row) =>
    Array.from({ length }, (_, at) => ids[row * length + at] !== padId),
  );
  const states = inScope(() => {
    const on = weightsOf(upload(weights, weights.keys()));
    const batch = tokenBatch(ids, count, length);
    const all: Float32Array[] = [];
    backbone.visitStates(on, batch, (each) => void all.push(floats(each).slice()));
    expect(all.at(-1)).toEqual(floats(backbone.encode(on, batch)));
    return all;
  });
  expect(found).toHaveLength(3);
  for (const [layer, values] of states.entries()) {
    const expected = byLoops(nested(values, count, length, size.hidden), isKept);
    expect(found?.[layer]).toBeCloseTo(expected, 4);
  }
});
