import type { ModelSize } from "../modelSize.js";
import { layerFlops, layerParameters, sharedFlops, sharedParameters } from "./cost.js";
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

/**
 * Returns the fewest parameters and FLOPs (cost.ts) that a legal backbone of this size has. The time
 * it takes does not depend on the size.
 */
export function leastCost(size: ModelSize): { parameters: number; flops: number } {
  const parameters = cheapestLayers.map((layer) => layerParameters(layer, size));
  const flops = cheapestLayers.map((layer) => layerFlops(layer, size));
  return {
    parameters: sharedParameters(size) + size.layers * Math.min(...parameters),
    flops: sharedFlops(size) + size.layers * Math.min(...flops),
  };
}
