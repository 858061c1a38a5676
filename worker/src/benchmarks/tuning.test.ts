import { beforeAll, describe, expect, test } from "vitest";
import { floats } from "../engine/hostTensor.js";
import { inScope } from "../engine/tf.js";
import { startEngine } from "../engine/start.js";
import { segmentEmbedding } from "../model/parameters.js";
import { upload, weightsOf } from "../model/tensors.js";
import { framed } from "../text/sequences.js";
import { tinyModel } from "../model/testing/tinyModel.js";
import { modelToTune, rowsBatch, type TunedModel } from "./tuning.js";

beforeAll(() => startEngine("auto", 1));

const plain = tinyModel();
const { hidden } = plain.size;
const pairwise = {
  ...plain,
  weights: new Map([
    ...plain.weights,
    [segmentEmbedding, { shape: [hidden], data: new Float32Array(hidden).fill(0.1) }] as const,
  ]),
};
const rows = [framed([10, 11], [12]), framed([10, 11, 12])]; // both of six tokens or fewer

/** The hidden states of each token of both rows. */
function statesOf(model: TunedModel): number[][][] {
  return inScope(() => {
    const batch = rowsBatch(model, rows, 32);
    const states = floats(
      model.backbone.encode(weightsOf(upload(model.weights, model.weights.keys())), batch),
    );
    return rows.map((row, at) =>
      row.map((_, token) => {
        const start = (at * batch.length + token) * hidden;
        return [...states.subarray(start, start + hidden)];
      }),
    );
  });
}

describe("rows of a benchmark", () => {
  test("mark the second text for a model with a segment embedding", () => {
    const [pair, single] = statesOf(modelToTune(pairwise));
    const [plainPair, plainSingle] = statesOf(modelToTune(plain));
    expect(pair).not.toEqual(plainPair);
    // A single text is all first segment: the same with and without.
    expect(single).toEqual(plainSingle);
  });

  test("have no segments for a model without a segment embedding", () => {
    inScope(() => {
      expect(rowsBatch(modelToTune(plain), rows, 32).segments).toBeUndefined();
      const { segments, length } = rowsBatch(modelToTune(pairwise), rows, 32);
      const marks = segments ? floats(segments) : [];
      expect([...marks].slice(0, length)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    });
  });
});
