import { OpnasError } from "@opnas/core";
import type { Parameter } from "../model/parameters.js";
import { tensorNamed, type Tensors } from "../model/tensors.js";
import type { AdamState } from "./optimizer.js";

const meanPrefix = "adam.mean.";
const meanSquarePrefix = "adam.meanSquare.";

/** Copies weights, under their own names, and Adam's means into tensors as every checkpoint has them. */
export function saveTraining(weights: Tensors, adam: Omit<AdamState, "step">): Tensors {
  return new Map([
    ...copied(weights, ""),
    ...copied(adam.mean, meanPrefix),
    ...copied(adam.meanSquare, meanSquarePrefix),
  ]);
}

/**
 * Copies weights and Adam's means out of a checkpoint.
 * @throws OpnasError CORRUPT_ARTIFACT if anything is missing or of another size
 */
export function loadTraining(
  tensors: Tensors,
  parameters: readonly Parameter[],
): { weights: Tensors; adam: Omit<AdamState, "step"> } {
  return {
    weights: take(tensors, parameters, ""),
    adam: {
      mean: take(tensors, parameters, meanPrefix),
      meanSquare: take(tensors, parameters, meanSquarePrefix),
    },
  };
}

function copied(tensors: Tensors, prefix: string) {
  return [...tensors].map(
    ([name, { shape, data }]) => [`${prefix}${name}`, { shape, data: data.slice() }] as const,
  );
}

function take(tensors: Tensors, parameters: readonly Parameter[], prefix: string): Tensors {
  return new Map(
    parameters.map(({ name, shape }) => {
      const found = tensorNamed(tensors, `${prefix}${name}`);
      if (found.shape.join() !== shape.join()) {
        throw new OpnasError(
          "CORRUPT_ARTIFACT",
          `The checkpoint's "${prefix}${name}" has the shape [${found.shape.join(", ")}], not [${shape.join(", ")}].`,
        );
      }
      return [name, { shape, data: found.data.slice() }];
    }),
  );
}

/** Returns counts as a tensor: float32 holds integers exactly up to 2²⁴. */
export function vector(counts: readonly number[]) {
  return { shape: [counts.length], data: Float32Array.from(counts) };
}
