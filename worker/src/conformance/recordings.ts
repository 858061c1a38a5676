import { sampleBackbone, stream, type Architecture, type KernelSize } from "@opnas/core";
import { describe, expect, test } from "vitest";
import type { Reuse } from "../model/layers.js";
import { buildBackbone } from "../model/backbone.js";
import { classLoss } from "../model/taskHeads.js";
import { tokenBatch } from "../model/batch.js";
import { classifierParameters, initialWeights } from "../model/parameters.js";
import type { Weights } from "../model/tensors.js";
import { newAdam } from "../training/optimizer.js";
import { GradientThreads } from "../training/gradientThreads.js";
import { gradientBuffers, lossAndGradients } from "../training/gradients.js";
import { maskedBatches } from "../batches/masked.js";
import { GradientSum, trainStep } from "../training/step.js";
import { countingSequences, smallData, smallSettings } from "../text/testing/smallData.js";
import { canRecord } from "../engine/recording/load.js";
import { recordable, recordedAtUse, valueAndGradients } from "../engine/recording/recordable.js";
import { inScope, tf, type Tensor } from "../engine/tf.js";
import { tensorOf } from "./gradients.js";

const { size } = smallSettings();
const conv = (kernelSize: KernelSize) => ({ kind: "conv", kernelSize }) as const;

const architectures: [string, Architecture][] = [
  ["convolutions", { version: 1, layers: [conv(3), conv(65)] }],
  ...Array.from({ length: 8 }, (_, index): [string, Architecture] => [
    `random backbone ${index.toString()}`,
    sampleBackbone(size.layers, 10, stream(11, "recordings", index)),
  ]),
];

/** Returns a function that computes loss and gradients of a classification, as plain numbers. */
function classification(architecture: Architecture, padded: boolean) {
  const backbone = buildBackbone(size, architecture);
  const parameters = [...backbone.parameters, ...classifierParameters(size, 3)];
  const weights = initialWeights(parameters, 5);
  const { ids, count, length } = countingSequences(3, padded);
  const labels = Array.from({ length: count }, (_, row) => row % 3);
  return () => {
    const loss = (on: Weights) => {
      const batch = tokenBatch(ids, count, length);
      const constants = [tf.tensor1d(labels, "int32"), ...(batch.keep ? [batch.keep] : [])];
      return classLoss(on, [backbone.encode(on, batch)], constants);
    };
    return lossAndGradients(weights, [...weights.keys()], loss, gradientBuffers(weights));
  };
}

/**
 * Trains for 100 steps and returns the losses; a step of a model used "often" is recorded as one
 * graph.
 */
async function losses(architecture: Architecture, reuse: Reuse): Promise<number[]> {
  const weights = initialWeights(buildBackbone(size, architecture).parameters, 5);
  const state = { weights, adam: newAdam(weights), summed: new GradientSum() };
  const threads = GradientThreads.single(size, weights);
  const batchOf = maskedBatches(smallSettings(), smallData(), 4, 5, "recordings");
  const steps = Array.from({ length: 100 }, (_, step) => {
    return trainStep(threads, state, [{ architecture, reuse, batch: batchOf(step) }], 3e-3).loss;
  });
  await threads.end();
  return steps;
}

/**
 * Describes that recorded parts compute the same bits as unrecorded ones and leave no tensors
 * behind.
 */
export function describeRecordings(): void {
  describe("recorded parts", () => {
    for (const [name, architecture] of architectures) {
      for (const padded of [false, true]) {
        test(`give the same bits: ${name}${padded ? ", padded" : ""}`, () => {
          const run = classification(architecture, padded);
          const first = run();
          expect(Number.isFinite(first.loss)).toBe(true);
          const { numTensors } = tf.memory();
          for (let call = 0; call < 2 * recordedAtUse; call++) expect(run()).toEqual(first);
          expect(tf.memory().numTensors).toBe(numTensors);
        });
      }
    }

    test("give a hundred steps of training the same losses, as one graph or in parts", async () => {
      for (const [name, architecture] of architectures.slice(0, 3)) {
        const whole = await losses(architecture, "often");
        expect(whole, name).toEqual(await losses(architecture, "once"));
      }
    });

    test("can be released, and are recorded anew", () => {
      inScope(() => {
        const part = recordable(([x], [y]) => product(x, y).square().sum());
        const [x, y] = [tensorOf([3, 4], 1), tensorOf([4, 2], 2)];
        const values = () => {
          const { value, gradients } = valueAndGradients(() => part([x], [y]), [x]);
          return [value, ...gradients].map((each) => Array.from(each?.dataSync() ?? []));
        };
        const first = values();
        const again = () => {
          for (let call = 0; call < 2 * recordedAtUse; call++) expect(values()).toEqual(first);
        };
        again();
        part.release();
        again();
      });
    });

    test("give the same values without a gradient", () => {
      const part = recordable(([x], [y]) => product(x, y).square());
      inScope(() => {
        const [x, y] = [tensorOf([3, 4], 1), tensorOf([4, 2], 2)];
        const values = () => Array.from(part([x], [y]).dataSync());
        const first = values();
        for (let call = 0; call < 2 * recordedAtUse; call++) expect(values()).toEqual(first);
        expect(first).toEqual(Array.from(product(x, y).square().dataSync()));
      });
    });

    test("refuse to keep a tensor that is not an argument", () => {
      inScope(() => {
        const [x, outside] = [tensorOf([3, 4], 1), tensorOf([4, 2], 2)];
        const part = recordable(([x]) => product(x, outside).sum());
        const call = () => {
          for (let use = 0; use < recordedAtUse; use++) valueAndGradients(() => part([x], []), [x]);
        };
        if (canRecord()) expect(call).toThrow("not an argument");
        else expect(call).not.toThrow();
      });
    });
  });
}

function product(x: Tensor | undefined, y: Tensor | undefined): Tensor {
  if (!x || !y) throw new Error("two arguments");
  return tf.matMul(x, y);
}
