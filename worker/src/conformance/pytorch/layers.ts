import { readFileSync } from "node:fs";
import { autobertZeroBase, bertLayer, kernelSizes, type Layer } from "@opnas/core";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { expectValues } from "../gradients.js";
import { valueAndGradients } from "../../engine/recording/recordable.js";
import { inScope, tf, type Tensor } from "../../engine/tf.js";
import { buildLayer } from "../../model/layers.js";
import { branchOf, branchParameters, branchPrefix } from "../../model/parameters.js";
import { onEngine, weightsOf } from "../../model/tensors.js";
import { formula } from "./formula.js";

const computedSchema = z.object({
  output: z.array(z.number()),
  gradients: z.record(z.string(), z.array(z.number())),
});

/** The outputs and gradients of each layer by PyTorch (make_layers.py). */
const { size, paddedLength, cases } = z
  .object({
    size: z.object({ batch: z.int(), length: z.int(), hidden: z.int(), heads: z.int() }),
    paddedLength: z.int(),
    cases: z.record(z.string(), z.object({ full: computedSchema, padded: computedSchema })),
  })
  .parse(JSON.parse(readFileSync(new URL("layers.json", import.meta.url), "utf8")));
const { batch, length, hidden, heads } = size;

/** The end of the name of a case whose kernels have no softmax. */
const rawKernels = ", raw kernels";

/** The layers by the script's names; layer 8 is missing because it has the graph of layer 6. */
const layers: Record<string, Layer> = {
  BERT: bertLayer,
  ...Object.fromEntries(
    [2, 4, 6, 10, 12].map((number) => [`layer ${number}`, published(number)] as const),
  ),
  ...Object.fromEntries(
    kernelSizes.flatMap((kernelSize) =>
      ["", rawKernels].map((raw) => [
        `convolution ${kernelSize}${raw}`,
        { kind: "conv", kernelSize },
      ]),
    ),
  ),
};

function published(number: number): Layer {
  const layer = autobertZeroBase.layers[number - 1];
  if (!layer) throw new Error(`The published backbone has no layer ${number}.`);
  return layer;
}

/** Computes the layer's output at tokens and the gradients of its sum weighted by fixed numbers. */
function compute(layer: Layer, isRaw: boolean, padded: boolean): Map<string, Tensor> {
  const prefix = branchPrefix(0, layer.kind);
  const modelSize = { layers: 1, hidden, heads, vocabulary: 1, length, rawKernels: isRaw };
  const parameters = branchParameters(modelSize, 0, branchOf(layer)).map(({ name, shape }) => ({
    name,
    tensor: onEngine(formula({ name: name.slice(prefix.length + 1), shape })),
  }));
  const of = (name: string) => onEngine(formula({ name, shape: [batch, length, hidden] }));
  const real = Float32Array.from({ length: batch * length }, (_, at) =>
    at < length + paddedLength ? 1 : 0,
  );
  const keep = tf.tensor2d(padded ? real : real.fill(1), [batch, length]);
  const tokens = {
    size: batch,
    length,
    ids: tf.zeros([batch, length], "int32"),
    ...(padded && { keep }),
  };
  const run = buildLayer(modelSize, 0, layer, "once");
  const weights = weightsOf(new Map(parameters.map(({ name, tensor }) => [name, tensor])));
  const x = of("x");
  const output = () => run(weights, x, tokens).mul(keep.expandDims(2));
  const { gradients } = valueAndGradients(
    () => output().mul(of("output")).sum(),
    [x, ...parameters.map(({ tensor }) => tensor)],
  );
  const names = ["x", ...parameters.map(({ name }) => name.slice(prefix.length + 1))];
  return new Map([
    ["output", output()],
    ...gradients.flatMap((gradient, at) =>
      gradient ? [[names[at] ?? "", gradient] as const] : [],
    ),
  ]);
}

/**
 * Describes the published layers; to be called for each engine in its own process, after
 * `startEngine`.
 */
export function describeReferenceLayers(): void {
  describe("the published layers agree with PyTorch, forward and gradient, to 1e-5", () => {
    for (const [name, reference] of Object.entries(cases)) {
      for (const kind of ["full", "padded"] as const) {
        test(`${name}, ${kind} batch`, () => {
          const layer = layers[name];
          if (!layer) throw new Error(`layers.json has ${name}, which is not known here.`);
          const { output, gradients } = reference[kind];
          inScope(() => {
            const computed = compute(layer, name.endsWith(rawKernels), kind === "padded");
            expect([...computed.keys()].sort()).toEqual(
              ["output", ...Object.keys(gradients)].sort(),
            );
            for (const [which, values] of Object.entries({ output, ...gradients })) {
              const tensor = computed.get(which);
              if (tensor) expectValues(tensor, values, 1e-5);
            }
          });
        });
      }
    }
  });
}
