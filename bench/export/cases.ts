/** Random backbones that are exported and compared. */
import { type ModelSize, sampleBackbone, stream } from "@opnas/core";
import { item } from "../common/items.ts";
import type { Case } from "./writeCase.ts";

/** Makes case `index`: depths 1 to 6, one to four heads, raw kernels or not, lengths up to 128. */
export function caseOf(seed: number, index: number): Case {
  const random = stream(seed, "export", index);
  const layers = 1 + (index % 6);
  const size: ModelSize = {
    layers,
    hidden: 16,
    heads: item([1, 2, 4], random.int(3)),
    vocabulary: 256,
    length: 1 + random.int(128),
    rawKernels: index % 2 === 1,
  };
  return { architecture: sampleBackbone(layers, 12, random), size, seed: seed * 1_000_000 + index };
}

/** Lists the operations and kernels that are among the cases. */
export function coverage(cases: readonly Case[]): string[] {
  const names = cases.flatMap(({ architecture }) =>
    architecture.layers.flatMap((layer) =>
      layer.kind === "conv"
        ? [`kernel ${layer.kernelSize.toString()}`]
        : layer.graph.nodes.map(({ op }) => op),
    ),
  );
  return [...new Set(names)].sort();
}
