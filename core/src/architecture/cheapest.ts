import type { ModelSize } from "../settings.js";
import { flops, parameterCount } from "./cost.js";
import type { AttentionLayer, ConvolutionLayer } from "./schema.js";

/**
 * The cheapest layer of either kind: a graph uses two inputs or more and so joins them somewhere,
 * which nothing does for less than one `add`.
 */
const cheapestLayers: readonly [AttentionLayer, ConvolutionLayer] = [
  {
    kind: "attention",
    graph: { inputs: ["Q", "K"], nodes: [{ op: "add", args: ["Q", "K"] }], output: 0 },
  },
  { kind: "conv", kernelSize: 3 },
];

/** The fewest parameters and FLOPs (cost.ts) that a legal backbone of this size has. */
export function leastCost(size: ModelSize): { parameters: number; flops: number } {
  const backbones = cheapestLayers.map((layer) => ({
    version: 1 as const,
    layers: Array.from({ length: size.layers }, () => layer),
  }));
  return {
    parameters: Math.min(...backbones.map((backbone) => parameterCount(backbone, size))),
    flops: Math.min(...backbones.map((backbone) => flops(backbone, size))),
  };
}
