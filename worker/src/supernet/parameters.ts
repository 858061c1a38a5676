import { graphInputs, type ModelSize } from "@opnas/core";
import { branchParameters, sharedParameters, type Parameter } from "../model/parameters.js";

/** The longest convolution kernel; shorter ones use its middle. */
export const longestKernel = 65;

/**
 * Lists the super-net's parameters (docs/paper.md §4): in every layer both branches, attention with all four
 * projections and convolution with the longest kernel, each with norms and feed-forward of its
 * own. Names are those of a candidate, so that inheriting is looking up.
 */
export function superNetParameters(size: ModelSize): Parameter[] {
  return [
    ...sharedParameters(size),
    ...Array.from({ length: size.layers }, (_, index) => [
      ...branchParameters(size, index, { kind: "attention", inputs: graphInputs }),
      ...branchParameters(size, index, { kind: "conv", kernelSize: longestKernel }),
    ]).flat(),
  ];
}
