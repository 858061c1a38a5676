import { bertLayer, type Architecture } from "@opnas/core";
import { beforeAll, describe, expect, test, vi } from "vitest";
import type { EngineName } from "../engine/choose.js";
import { startEngine } from "../engine/start.js";
import { tf } from "../engine/tf.js";
import { buildBackbone } from "../model/backbone.js";
import { initialWeights } from "../model/parameters.js";
import { sharedTensors } from "../model/tensors.js";
import { newAdam } from "./optimizer.js";
import { GradientThreads } from "./gradientThreads.js";
import { maskedBatches } from "../batches/masked.js";
import { GradientSum, trainStep } from "./step.js";
import { smallData, smallSettings } from "../text/testing/smallData.js";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
let engine: EngineName;
beforeAll(async () => {
  engine = (await startEngine("auto", 1)).name;
});

const settings = smallSettings();
const conv = { kind: "conv", kernelSize: 5 } as const;
const architecture: Architecture = { version: 1, layers: [bertLayer, conv] };
const batchOf = maskedBatches(settings, smallData(), 4, 1, "test");

/** Losses of steps of three parts each, and the weights after them. */
async function train(threads: number, steps = 6) {
  const { size } = settings;
  const weights = sharedTensors(initialWeights(buildBackbone(size, architecture).parameters, 1));
  const gradientThreads = await GradientThreads.start(engine, size, weights, threads);
  const state = { weights, adam: newAdam(weights), summed: new GradientSum() };
  const losses: number[] = [];
  const tensors: number[] = [];
  for (let step = 0; step < steps; step++) {
    const parts = [0, 1, 2].map((part) => batchOf(3 * step + part));
    const microBatches = parts.map((batch) => ({ architecture, reuse: "often", batch }) as const);
    losses.push(trainStep(gradientThreads, state, microBatches, 3e-3).loss);
    tensors.push(tf.memory().numTensors);
  }
  await gradientThreads.end();
  return { losses, weights, tensors };
}

describe("a step of one model", () => {
  test("has the same bits by one thread and by two", async () => {
    const [alone, together] = [await train(1), await train(2)];
    expect(together.losses).toEqual(alone.losses);
    expect(together.weights).toEqual(alone.weights);
  });

  test("lowers the loss and leaves nothing on the engine", async () => {
    const { losses, tensors } = await train(1, 60);
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? NaN) - 0.3);
    expect(tensors.at(-1)).toBe(tensors[1]);
  });

  test("takes the mean over its micro-batches: a batch given twice counts once", () => {
    const { size } = settings;
    const stepOf = (count: number) => {
      const weights = initialWeights(buildBackbone(size, architecture).parameters, 1);
      const state = { weights, adam: newAdam(weights), summed: new GradientSum() };
      const microBatch = { architecture, reuse: "often", batch: batchOf(0) } as const;
      const microBatches = Array.from({ length: count }, () => microBatch);
      return {
        loss: trainStep(GradientThreads.single(size, weights), state, microBatches, 1e-3),
        weights,
      };
    };
    expect(stepOf(2)).toEqual(stepOf(1));
  });
});
