import { bertLayer, type Architecture, type ModelSize } from "@opnas/core";
import { beforeAll, expect, test } from "vitest";
import { startEngine } from "../engine/start.js";
import { tf } from "../engine/tf.js";
import { buildBackbone } from "../model/backbone.js";
import { initialWeights } from "../model/parameters.js";
import { firstWordId, type MaskedLanguageTask } from "../text/types.js";
import { scoreMaskedWords } from "./score.js";
import { tokenUniformity } from "./uniformity.js";

beforeAll(() => startEngine("auto", 1));

const sizeOf = (layers: number): ModelSize => ({
  layers,
  hidden: 16,
  heads: 2,
  vocabulary: 40,
  length: 256,
  rawKernels: false,
});

/** A task of rows of 256 words, one of which is hidden. */
function taskOf(count: number): MaskedLanguageTask {
  const { length } = sizeOf(1);
  const masked = { count, length, ids: new Int32Array(count * length).fill(firstWordId) };
  return {
    kind: "masked",
    name: "mlm",
    test: masked,
    masked,
    positions: new Int32Array(count).fill(3),
    positionsPerItem: 1,
    targets: new Int32Array(count).fill(firstWordId),
    unigram: { loss: 1, accuracy: 0 },
    bigram: { loss: 1, accuracy: 0 },
  };
}

/** Returns the most bytes that the engine holds while a model of so many layers works on a task. */
async function peakOf(
  layers: number,
  rows: number,
  work: (...args: Parameters<typeof scoreMaskedWords>) => unknown,
): Promise<number> {
  const size = sizeOf(layers);
  const architecture: Architecture = {
    version: 1,
    layers: Array.from({ length: layers }, () => bertLayer),
  };
  const backbone = buildBackbone(size, architecture);
  const weights = initialWeights(backbone.parameters, 1);
  const control = { signal: new AbortController().signal };
  const { peakBytes } = await tf.profile(async () => {
    await work(backbone, weights, taskOf(rows), control);
    return [];
  });
  backbone.release();
  return peakBytes;
}

const measures = {
  "scoring of masked words": scoreMaskedWords,
  "token uniformity": (...[backbone, weights, { test }]: Parameters<typeof scoreMaskedWords>) =>
    tokenUniformity(backbone, weights, test),
};

test.each(Object.entries(measures))(
  "%s takes memory by its tokens at once, neither by rows nor by layers",
  async (_, work) => {
    const one = await peakOf(2, 8, work);
    expect(await peakOf(2, 64, work)).toBeLessThan(1.5 * one);
    expect(await peakOf(6, 8, work)).toBeLessThan(1.5 * one);
  },
);
