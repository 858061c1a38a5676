import { readFileSync } from "node:fs";
import { autobertZeroBase, bertLayer, OpnasError, type Architecture } from "@opnas/core";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { MaskedSequences } from "../../batches/masked.js";
import { clsId, firstWordId, maskId, padId, sepId } from "../../text/types.js";
import { adamStep, newAdam } from "../../training/optimizer.js";
import { gradientBuffers, lossAndGradients } from "../../training/gradients.js";
import { maskedLanguageLoss } from "../../training/losses.js";
import { clipGradients } from "../../training/step.js";
import { buildBackbone } from "../../model/backbone.js";
import type { Weights } from "../../model/tensors.js";
import { formula } from "./formula.js";

const referenceSchema = z.object({
  size: z.object({
    layers: z.int(),
    hidden: z.int(),
    heads: z.int(),
    vocabulary: z.int(),
    length: z.int(),
  }),
  batch: z.int(),
  kernelSize: z.literal(7),
  learningRate: z.number(),
  parameters: z.int(),
  losses: z.array(z.number()).length(5),
});

/** The sizes of a small model and its losses by PyTorch (make_reference.py). */
const reference = referenceSchema.parse(
  JSON.parse(readFileSync(new URL("reference.json", import.meta.url), "utf8")),
);
const size = { ...reference.size, rawKernels: false };

/** Returns vanilla attention, a convolution, and the published graph of layer 4. */
function architecture(): Architecture {
  const published = autobertZeroBase.layers[3];
  if (!published) throw new OpnasError("INTERNAL", "The published backbone has twelve layers.");
  return {
    version: 1,
    layers: [bertLayer, { kind: "conv", kernelSize: reference.kernelSize }, published],
  };
}

/** Makes the batch of a step as the script's `batch` does. */
function batchOf(step: number): MaskedSequences {
  const { length, vocabulary } = size;
  const ids = new Int32Array(reference.batch * length).fill(padId);
  const positions: number[] = [];
  const targets: number[] = [];
  for (let row = 0; row < reference.batch; row++) {
    const words = length - 2 - 2 * row;
    const start = row * length;
    ids[start] = clsId;
    ids[start + words + 1] = sepId;
    for (let place = 1; place <= words; place++) {
      const number = 7 * place * place + 5 * row + 11 * step;
      ids[start + place] = firstWordId + (number % (vocabulary - firstWordId));
    }
    for (const place of [2, 4]) {
      positions.push(start + place);
      targets.push(ids[start + place] ?? 0);
      ids[start + place] = maskId;
    }
  }
  return {
    ids,
    size: reference.batch,
    length,
    positions: Int32Array.from(positions),
    targets: Int32Array.from(targets),
  };
}

/**
 * Describes the losses of a small model; to be called for each engine in its own process, after
 * `startEngine`.
 */
export function describeReferenceLosses(): void {
  describe("a small model", () => {
    test("has the first five losses that PyTorch computes, to 1e-4", () => {
      const backbone = buildBackbone(size, architecture());
      const weights = new Map(backbone.parameters.map((each) => [each.name, formula(each)]));
      const values = [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);
      expect(values).toBe(reference.parameters);

      const names = [...weights.keys()];
      const adam = newAdam(weights);
      const buffers = gradientBuffers(weights);
      const losses = reference.losses.map((_, step) => {
        const batch = batchOf(step);
        const lossOf = (on: Weights) => maskedLanguageLoss(backbone, on, batch);
        const { loss, gradients } = lossAndGradients(weights, names, lossOf, buffers);
        expect(clipGradients(gradients)).toBe(true);
        adamStep(weights, gradients, adam, reference.learningRate);
        return loss;
      });
      for (const [step, loss] of losses.entries()) {
        expect(Math.abs(loss - (reference.losses[step] ?? NaN)), `step ${step}`).toBeLessThan(1e-4);
      }
    });
  });
}
