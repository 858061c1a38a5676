import { readFileSync } from "node:fs";
import { describe, test } from "vitest";
import { z } from "zod";
import * as composites from "../engine/composites.js";
import { lightweightConvolution } from "../engine/lightweightConvolution.js";
import { tf, type Tensor } from "../engine/tf.js";
import { expectValues, numbers, tensorOf } from "./gradients.js";

const referenceSchema = z.record(
  z.string(),
  z.object({
    shapes: z.array(z.array(z.number())),
    scale: z.number(),
    output: z.array(z.number()),
    gradients: z.array(z.array(z.number())),
  }),
);

type Operation = (...inputs: Tensor[]) => Tensor;

/** The operations by their names in make_reference.py. */
const operations: Record<string, Operation> = {
  softmax: (x) => composites.softmax(x),
  "softmax with mask": (x) => composites.softmax(x, tf.tensor([0, 0, 0, 0, 0, -1e9], [2, 1, 1, 3])),
  logsigmoid: composites.logSigmoid,
  softplus: composites.softplus,
  softsign: composites.softsign,
  matmul: (a, b) => composites.matMul(a, b),
  cosine: composites.cosine,
  euclidean: composites.euclidean,
  gelu: composites.gelu,
  glu: composites.glu,
  "layer norm": (x, gain, shift) => composites.layerNorm(x, gain, shift),
  linear: (x, weight, bias) => composites.linear(x, weight, bias),
  embedding: (table) =>
    composites.embedding(table, tf.tensor2d([0, 2, 2, 4, 0, 2], [2, 3], "int32")),
  "cross-entropy": (logits) =>
    composites.crossEntropy(logits, tf.tensor1d([1, 0, 4], "int32"), tf.tensor1d([1, 0, 2])),
  "lightweight convolution 3": (x, kernel) => lightweightConvolution(x, kernel),
  "lightweight convolution 7": (x, kernel) => lightweightConvolution(x, kernel),
  "lightweight convolution 65": (x, kernel) => lightweightConvolution(x, kernel),
};

/**
 * Compares every composite with PyTorch's values and gradients (reference.json, make_reference.py).
 */
export function describeReference(): void {
  const file = new URL("reference.json", import.meta.url);
  const reference = referenceSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  describe("values and gradients equal PyTorch's", () => {
    for (const [name, { shapes, scale, output, gradients }] of Object.entries(reference)) {
      test(name, () => {
        const operation = operations[name];
        if (!operation) throw new Error(`reference.json has ${name}, which is not known here`);
        tf.tidy(() => {
          const inputs = shapes.map((shape, index) => tensorOf(shape, 1 + index, scale));
          const weights = tf.tensor1d(numbers(output.length, 101));
          const weighted: Operation = (...args) =>
            operation(...args)
              .reshape([output.length])
              .mul(weights)
              .sum();
          expectValues(operation(...inputs), output, 1e-5);
          const computed = tf.grads(weighted)(inputs);
          for (const [index, gradient] of computed.entries()) {
            expectValues(gradient, gradients[index] ?? [], 2e-5);
          }
        });
      });
    }
  });
}
