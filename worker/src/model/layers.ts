import type { AttentionGraph, KernelSize, Layer, ModelSize } from "@opnas/core";
import {
  gelu,
  glu,
  layerNorm,
  lightweightConvolution,
  linear,
} from "../engine/composites/index.js";
import type { Tensor } from "../engine/tf.js";
import type { TokenBatch } from "./batch.js";
import { compileGraph } from "./graph.js";
import { joinHeads, projectToHeads } from "./heads.js";
import { branchPrefix } from "./parameters.js";
import type { Weights } from "./tensors.js";

/** Hidden states of a batch as rows [b·n, hidden] → the same. */
export type LayerFunction = (weights: Weights, x: Tensor, batch: TokenBatch) => Tensor;

/**
 * Layer `index` (from 0) of a backbone, as in BERT with the norms after the residuals:
 * x ← norm(x + mixing(x)), x ← norm(x + feedForward(x)).
 */
export function buildLayer(size: ModelSize, index: number, layer: Layer): LayerFunction {
  const prefix = branchPrefix(index, layer.kind);
  const mix =
    layer.kind === "attention"
      ? attention(size, prefix, layer.graph)
      : convolution(size, prefix, layer.kernelSize);
  return (weights, x, batch) => {
    const mixed = norm(weights, `${prefix}.norm`, x.add(mix(weights, x, batch)));
    const inner = gelu(affine(weights, `${prefix}.ffn.in`, mixed)); // [b·n, 4·hidden]
    const outer = affine(weights, `${prefix}.ffn.out`, inner); // [b·n, hidden]
    return norm(weights, `${prefix}.ffn.norm`, mixed.add(outer));
  };
}

/** Projections of the inputs that the graph uses → the graph, per head → output projection. */
function attention(size: ModelSize, prefix: string, graph: AttentionGraph): LayerFunction {
  const run = compileGraph(graph, size.hidden / size.heads);
  const names = graph.inputs.map((input) => `${prefix}.${input.toLowerCase()}`);
  return (weights, x, batch) => {
    const maps = names.map((name) => ({
      weight: weights(`${name}.weight`),
      bias: weights(`${name}.bias`),
    }));
    const inputs = projectToHeads(x, maps, batch, size.heads); // each [b, heads, n, d_h]
    return affine(weights, `${prefix}.out`, joinHeads(run(inputs, batch.padding)));
  };
}

/** Linear → gated linear unit → lightweight convolution → linear. */
function convolution(size: ModelSize, prefix: string, kernelSize: KernelSize): LayerFunction {
  return (weights, x, batch) => {
    const gated = glu(affine(weights, `${prefix}.in`, x)); // [b·n, 2·hidden] → [b·n, hidden]
    const convolved = lightweightConvolution(
      gated.reshape([batch.size, batch.length, size.hidden]),
      centre(weights(`${prefix}.kernel`), kernelSize),
      batch.padding?.keep,
    );
    return affine(weights, `${prefix}.out`, convolved.reshape([-1, size.hidden]));
  };
}

/** The middle of kernels [heads, longest]: in the super-net the longest is shared by all sizes. */
function centre(kernels: Tensor, kernelSize: KernelSize): Tensor {
  const [heads = 0, longest = 0] = kernels.shape;
  return longest === kernelSize
    ? kernels
    : kernels.slice([0, (longest - kernelSize) / 2], [heads, kernelSize]);
}

/** x · weight + bias with the parameters of that name. */
export function affine(weights: Weights, name: string, x: Tensor): Tensor {
  return linear(x, weights(`${name}.weight`), weights(`${name}.bias`));
}

/** Layer norm with the parameters of that name. */
export function norm(weights: Weights, name: string, x: Tensor): Tensor {
  return layerNorm(x, weights(`${name}.weight`), weights(`${name}.bias`));
}
