import { stream, type GraphInput, type KernelSize, type Layer, type ModelSize } from "@opnas/core";
import type { Tensors } from "./tensors.js";

/** A trained tensor: its name in every checkpoint, its shape and its initial values. */
export interface Parameter {
  name: string;
  shape: number[];
  /**
   * Standard deviation of the normal distribution it is sampled from, or the constant it is filled
   * with.
   */
  begin: { deviation: number } | { constant: number };
}

/** The choice that decides a layer's parameters: its projections, or the length of its kernels. */
export type Branch =
  { kind: "attention"; inputs: readonly GraphInput[] } | { kind: "conv"; kernelSize: KernelSize };

/** Returns the branch of a layer of an architecture. */
export function branchOf(layer: Layer): Branch {
  return layer.kind === "attention"
    ? { kind: "attention", inputs: layer.graph.inputs }
    : { kind: "conv", kernelSize: layer.kernelSize };
}

/**
 * Returns the prefix of the names of a layer's parameters (`index` from 0), e.g.
 * `layer.0.attention`.
 */
export const branchPrefix = (index: number, kind: Branch["kind"]) =>
  `layer.${index.toString()}.${kind}`;

/** Token and position embeddings and the masked-LM head; its decoder is the token embedding. */
export function sharedParameters({ vocabulary, length, hidden }: ModelSize): Parameter[] {
  return [
    { name: "embedding.token.weight", shape: [vocabulary, hidden], begin: { deviation: 0.05 } },
    { name: "embedding.position.weight", shape: [length, hidden], begin: { deviation: 0.05 } },
    ...norm("embedding.norm", hidden),
    ...linear("mlm.dense", hidden, hidden),
    ...norm("mlm.norm", hidden),
    { name: "mlm.decoder.bias", shape: [vocabulary], begin: { constant: 0 } },
  ];
}

/** Head of a fine-tuned task, on [CLS] and the mean of all tokens. */
export function classifierParameters({ hidden }: ModelSize, classes: number): Parameter[] {
  return linear("classifier", 2 * hidden, classes);
}

/** Returns the parameters without those of the masked-word head. */
export function withoutMaskedHead(parameters: readonly Parameter[]): Parameter[] {
  return parameters.filter(({ name }) => !name.startsWith("mlm."));
}

/** Head that marks a span of the tokens: where it begins and where it ends. */
export function spanParameters({ hidden }: ModelSize): Parameter[] {
  return linear("span", hidden, 2);
}

/** The name of the segment embedding [hidden], which models pre-trained on sentence pairs have. */
export const segmentEmbedding = "embedding.segment.weight";

/**
 * Parameters that full pre-training adds to a backbone (decision 0012): the segment embedding
 * and the next-sentence head, on BERT's pooled [CLS].
 */
export function pairParameters({ hidden }: ModelSize): Parameter[] {
  return [
    { name: segmentEmbedding, shape: [hidden], begin: { constant: 0 } },
    ...linear("pooler", hidden, hidden),
    ...linear("nextSentence", hidden, 2),
  ];
}

/** All parameters of layer `index` (from 0): mixing, feed-forward and both norms. */
export function branchParameters(size: ModelSize, index: number, branch: Branch): Parameter[] {
  const { hidden, heads, rawKernels } = size;
  const prefix = branchPrefix(index, branch.kind);
  const mixing =
    branch.kind === "attention"
      ? branch.inputs.flatMap((input) => linear(`${prefix}.${input.toLowerCase()}`, hidden, hidden))
      : [
          ...linear(`${prefix}.in`, hidden, 2 * hidden),
          {
            name: `${prefix}.kernel`,
            shape: [heads, branch.kernelSize],
            begin: { deviation: rawKernels ? 1 / Math.sqrt(branch.kernelSize) : 1 },
          },
        ];
  return [
    ...mixing,
    ...linear(`${prefix}.out`, hidden, hidden),
    ...norm(`${prefix}.norm`, hidden),
    ...linear(`${prefix}.ffn.in`, hidden, 4 * hidden),
    ...linear(`${prefix}.ffn.out`, 4 * hidden, hidden),
    ...norm(`${prefix}.ffn.norm`, hidden),
  ];
}

/** All parameters of a backbone with its masked-LM head. */
export function backboneParameters(size: ModelSize, branches: readonly Branch[]): Parameter[] {
  return [
    ...sharedParameters(size),
    ...branches.flatMap((branch, index) => branchParameters(size, index, branch)),
  ];
}

/** Samples initial weights. Each tensor has a random stream of its own, named after it. */
export function initialWeights(parameters: readonly Parameter[], seed: number): Tensors {
  return new Map(
    parameters.map(({ name, shape, begin }) => {
      const data = new Float32Array(shape.reduce((size, length) => size * length, 1));
      if ("constant" in begin) data.fill(begin.constant);
      else {
        const random = stream(seed, `initial ${name}`);
        for (let i = 0; i < data.length; i++) data[i] = begin.deviation * random.normal();
      }
      return [name, { shape, data }];
    }),
  );
}

/** Returns the names of a linear layer's or a norm's parameters. */
export const namesOf = (name: string) => [`${name}.weight`, `${name}.bias`];

function linear(name: string, from: number, to: number): Parameter[] {
  return [
    // The deviation of PyTorch's default (uniform within ±1/√from).
    { name: `${name}.weight`, shape: [from, to], begin: { deviation: 1 / Math.sqrt(3 * from) } },
    { name: `${name}.bias`, shape: [to], begin: { constant: 0 } },
  ];
}

function norm(name: string, width: number): Parameter[] {
  return [
    { name: `${name}.weight`, shape: [width], begin: { constant: 1 } },
    { name: `${name}.bias`, shape: [width], begin: { constant: 0 } },
  ];
}
