import { architectureKey } from "../architecture/key.js";
import { kernelSizes, operations, type Architecture } from "../architecture/schema.js";
import { mutateBackbone, type MutationSettings } from "./mutate.js";
import { sampleBackbone } from "./sample.js";
import type { Feature, SearchSpace } from "./searchSpace.js";

/**
 * Returns the search space of backbones of one depth (docs/paper.md §1, §2). A feature is an
 * operation at its position along an attention graph, counted over all layers, or a kernel size at
 * its layer (docs/paper.md §3). Sampled and mutated graphs are simplified, so equal graphs have
 * equal features.
 */
export function backboneSpace(
  layers: number,
  mutation: MutationSettings,
): SearchSpace<Architecture> {
  return {
    operations: { operation: operations, kernel: kernelSizes.map(String) },
    sample: (random) => sampleBackbone(layers, mutation.maxNodes, random),
    key: architectureKey,
    features: backboneFeatures,
    mutate: (parent, choose, random) => mutateBackbone(parent, mutation, choose, random),
  };
}

function backboneFeatures(architecture: Architecture): Feature[] {
  const features: Feature[] = [];
  // A strategy asks for those of all candidates: flat maps take three times as long.
  for (const [index, layer] of architecture.layers.entries()) {
    if (layer.kind === "conv") {
      features.push({ kind: "kernel", position: index, operation: String(layer.kernelSize) });
      continue;
    }
    for (const [position, { op }] of layer.graph.nodes.entries()) {
      features.push({ kind: "operation", position, operation: op });
    }
  }
  return features;
}
