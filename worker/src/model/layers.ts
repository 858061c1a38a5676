import {
  type AttentionGraph,
  type GraphInput,
  type KernelSize,
  type Layer,
  type ModelSize,
  normEpsilonOf,
} from "@opnas/core";
import { gelu, glu, layerNorm, linear, composite } from "../engine/composites.js";
import { lightweightConvolution } from "../engine/lightweightConvolution.js";
import { tf, type Tensor } from "../engine/tf.js";
import { paddingOf, type TokenBatch } from "./batch.js";
import { compileGraph } from "./graph.js";
import { branchOf, branchParameters, branchPrefix, namesOf } from "./parameters.js";
import { modelPart, given, type ModelPart, withPrefix } from "./part.js";
import type { Weights } from "./tensors.js";

/** A layer: maps the hidden states of a batch [b, n, hidden] to new ones of that shape. */
export interface LayerFunction {
  (weights: Weights, x: Tensor, batch: TokenBatch): Tensor;
  /** Frees the recordings of this layer alone. */
  release?: () => void;
}

/**
 * The expected number of runs of a backbone; the parts that only it has are recorded if it is
 * `often`.
 */
export type Reuse = "once" | "often";

/**
 * Builds layer `index` (from 0) of a backbone, with the norms after the residuals as in BERT:
 * x ← norm(x + mixing(x)), x ← norm(x + feedForward(x)).
 */
export function buildLayer(
  size: ModelSize,
  index: number,
  layer: Layer,
  reuse: Reuse,
): LayerFunction {
  const prefix = branchPrefix(index, layer.kind);
  if (layer.kind === "conv") {
    const part = convolution(size, layer.kernelSize);
    return (weights, x, { keep }) => part(withPrefix(weights, prefix), [x], keep && [keep]);
  }
  const run = attention(size, layer.graph);
  if (reuse === "once") return (weights, x, { keep }) => run(withPrefix(weights, prefix), x, keep);
  const names = branchParameters(size, index, branchOf(layer)).map(({ name }) =>
    name.slice(prefix.length + 1),
  );
  const part = modelPart(names, (weights, inputs, [keep]) => run(weights, given(inputs[0]), keep));
  const call: LayerFunction = (weights, x, { keep }) =>
    part(withPrefix(weights, prefix), [x], keep && [keep]);
  return Object.assign(call, { release: part.release });
}

/**
 * Builds an attention layer: projections of the graph's inputs, the graph per head, then the
 * layer's end.
 */
function attention(size: ModelSize, graph: AttentionGraph) {
  const run = compileGraph(graph, size.hidden / size.heads);
  const project = projections(graph.inputs, size.heads);
  const end = attentionEnd(normEpsilonOf(size));
  return (weights: Weights, x: Tensor, keep?: Tensor): Tensor => {
    const inputs = tf.unstack(project(weights, [x])); // each [b, heads, n, d_h]
    return end(weights, [x, run(inputs, keep && paddingOf(keep))]);
  };
}

/** Parts that many architectures have in common, by name; each is recorded once for all of them. */
const shared = new Map<string, ModelPart>();

/** Returns the part of that name, which is made at the first call. */
export function once(name: string, make: () => ModelPart): ModelPart {
  const part = shared.get(name) ?? make();
  shared.set(name, part);
  return part;
}

/** The projections of a graph's inputs: x [b, n, hidden] → [inputs, b, heads, n, d_h]. */
function projections(inputs: readonly GraphInput[], heads: number): ModelPart {
  const names = inputs.map((input) => input.toLowerCase());
  return once(`projections ${names.join()} ${heads.toString()}`, () =>
    modelPart(names.flatMap(namesOf), (weights, [x]) => {
      const maps = names.map((name) => ({
        weight: weights(`${name}.weight`),
        bias: weights(`${name}.bias`),
      }));
      return projectToHeads(given(x), maps, heads);
    }),
  );
}

const endNames = ["out", "norm", "ffn.in", "ffn.out", "ffn.norm"].flatMap(namesOf);

/**
 * The end of an attention layer: its input [b, n, hidden] and its graph's output [b, heads, n, d_h]
 * → [b, n, hidden].
 */
function attentionEnd(epsilon: number): ModelPart {
  return once(`end ${epsilon.toString()}`, () =>
    modelPart(endNames, (weights, [x, y]) =>
      layerEnd(weights, epsilon, given(x), joinHeads(given(y))),
    ),
  );
}

/**
 * A convolution layer: linear, gated linear unit, lightweight convolution, then the layer's end:
 * x [b, n, hidden] → [b, n, hidden].
 */
function convolution(size: ModelSize, kernelSize: KernelSize): ModelPart {
  const { rawKernels } = size;
  const epsilon = normEpsilonOf(size);
  const name = `convolution ${kernelSize.toString()}${rawKernels ? " raw" : ""}`;
  return once(`${name} ${epsilon.toString()}`, () =>
    modelPart([...namesOf("in"), "kernel", ...endNames], (weights, inputs, [keep]) => {
      const x = given(inputs[0]);
      const gated = glu(affine(weights, "in", x)); // [b, n, 2·hidden] → [b, n, hidden]
      const kernel = centre(weights("kernel"), kernelSize); // [heads, kernelSize]
      const mixed = lightweightConvolution(gated, kernel, keep, !rawKernels);
      return layerEnd(weights, epsilon, x, mixed);
    }),
  );
}

/**
 * The end of every layer: output projection of the mixed states, residual, norm; feed-forward,
 * residual, norm. x and mixed [b, n, hidden] → [b, n, hidden].
 */
function layerEnd(weights: Weights, epsilon: number, x: Tensor, mixed: Tensor): Tensor {
  const residual = x.add(affine(weights, "out", mixed));
  const attended = norm(weights, "norm", residual, epsilon); // [b, n, hidden]
  const inner = gelu(affine(weights, "ffn.in", attended)); // [b, n, 4·hidden]
  return norm(weights, "ffn.norm", attended.add(affine(weights, "ffn.out", inner)), epsilon);
}

/**
 * Cuts the middle out of kernels [heads, longest] → [heads, kernelSize]: in the super-net all sizes
 * share the longest.
 */
function centre(kernels: Tensor, kernelSize: KernelSize): Tensor {
  const [heads = 0, longest = 0] = kernels.shape;
  return longest === kernelSize
    ? kernels
    : kernels.slice([0, (longest - kernelSize) / 2], [heads, kernelSize]);
}

/** Linear layer with the parameters of that name: x [..., i] → [..., o]. */
export function affine(weights: Weights, name: string, x: Tensor): Tensor {
  return linear(x, weights(`${name}.weight`), weights(`${name}.bias`));
}

/** Layer norm with the parameters of that name: x [..., d] → [..., d]. */
export function norm(weights: Weights, name: string, x: Tensor, epsilon?: number): Tensor {
  return layerNorm(x, weights(`${name}.weight`), weights(`${name}.bias`), epsilon);
}

/**
 * Applies several linear maps to the same rows at once and splits the results by head:
 * x [b, n, hidden], each weight [hidden, hidden] and bias [hidden] → [maps, b, heads, n, d_h].
 */
function projectToHeads(
  x: Tensor,
  maps: readonly { weight: Tensor; bias: Tensor }[],
  heads: number,
): Tensor {
  const [b = 0, n = 0] = x.shape;
  const weight = tf.concat(
    maps.map(({ weight }) => weight),
    1,
  ); // [hidden, maps · hidden]
  const bias = tf.concat(
    maps.map(({ bias }) => bias),
    0,
  ); // [maps · hidden]
  const rows = linear(x, weight, bias); // [b, n, maps · hidden]
  return composite([rows], () => ({
    value: rows.reshape([b, n, maps.length, heads, -1]).transpose([2, 0, 3, 1, 4]),
    saved: [] as const,
    gradient: (dy) => [dy.transpose([1, 3, 0, 2, 4]).reshape(rows.shape)],
  }));
}

/** Concatenates the heads: x [b, heads, n, d_h] → [b, n, heads · d_h]. */
function joinHeads(x: Tensor): Tensor {
  const [b = 0, heads = 0, n = 0, width = 0] = x.shape;
  return composite([x], () => ({
    value: x.transpose([0, 2, 1, 3]).reshape([b, n, heads * width]),
    saved: [] as const,
    gradient: (dy) => [dy.reshape([b, n, heads, width]).transpose([0, 2, 1, 3])],
  }));
}
