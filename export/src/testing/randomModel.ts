import {
  type Architecture,
  type ModelSize,
  type Random,
  sampleBackbone,
  stream,
} from "@opnas/core";
import type { ExportedModel } from "../dataflow/modelWriter.js";
import type { ModelClass } from "../pytorch/config.js";
import type { FloatTensor } from "../pytorch/tensors.js";

/** A small size for models of tests. */
export const smallSize: ModelSize = {
  layers: 3,
  hidden: 8,
  heads: 2,
  vocabulary: 256,
  length: 16,
  rawKernels: false,
};

/** The number of classes of the models of tests. */
export const classes = 3;

/** Samples an architecture of `layers` layers. */
export function randomArchitecture(seed: number, layers: number = smallSize.layers): Architecture {
  return sampleBackbone(layers, 12, stream(seed, "architecture"));
}

/** Makes a model with random tensors, of the backbone and of every head. */
export function randomModel(
  architecture: Architecture,
  modelClass: ModelClass,
  size: ModelSize = smallSize,
): ExportedModel {
  const random = stream(1, "tensors");
  const tensors = new Map(
    shapesOf(architecture, size).map(([name, shape]) => [name, randomTensor(shape, random)]),
  );
  return {
    architecture,
    size: { ...size, layers: architecture.layers.length },
    tensors,
    modelClass,
  };
}

type Shapes = [name: string, shape: number[]][];

/** Lists the shapes of all tensors by their names (worker/src/model/parameters.ts). */
function shapesOf({ layers }: Architecture, size: ModelSize): Shapes {
  const { hidden, heads, vocabulary, length } = size;
  return [
    ["embedding.token.weight", [vocabulary, hidden]],
    ["embedding.position.weight", [length, hidden]],
    ["embedding.segment.weight", [hidden]],
    ...norm("embedding.norm", hidden),
    ...layers.flatMap((layer, index): Shapes => {
      const name = `layer.${index.toString()}.${layer.kind}`;
      const mixing: Shapes =
        layer.kind === "conv"
          ? [
              ...linear(`${name}.in`, hidden, 2 * hidden),
              [`${name}.kernel`, [heads, layer.kernelSize]],
            ]
          : layer.graph.inputs.flatMap((input) =>
              linear(`${name}.${input.toLowerCase()}`, hidden, hidden),
            );
      return [
        ...mixing,
        ...linear(`${name}.out`, hidden, hidden),
        ...norm(`${name}.norm`, hidden),
        ...linear(`${name}.ffn.in`, hidden, 4 * hidden),
        ...linear(`${name}.ffn.out`, 4 * hidden, hidden),
        ...norm(`${name}.ffn.norm`, hidden),
      ];
    }),
    ...linear("mlm.dense", hidden, hidden),
    ...norm("mlm.norm", hidden),
    ["mlm.decoder.bias", [vocabulary]],
    ...linear("pooler", hidden, hidden),
    ...linear("nextSentence", hidden, 2),
    ...linear("classifier", 2 * hidden, classes),
    ...linear("span", hidden, 2),
  ];
}

function linear(name: string, from: number, to: number): Shapes {
  return [
    [`${name}.weight`, [from, to]],
    [`${name}.bias`, [to]],
  ];
}

function norm(name: string, width: number): Shapes {
  return linear(name, 1, width).map(([part]) => [part, [width]]);
}

function randomTensor(shape: number[], random: Random): FloatTensor {
  const length = shape.reduce((product, each) => product * each, 1);
  return { shape, data: Float32Array.from({ length }, () => 0.5 * random.normal()) };
}
