import { OpnasError } from "@opnas/core";
import type { Parameter } from "../model/parameters.js";
import { tensorNamed, type NamedTensor, type Tensors } from "../model/tensors.js";
import type { AdamState } from "./optimizer.js";

const meanPrefix = "adam.mean.";
const meanSquarePrefix = "adam.meanSquare.";

/**
 * Names weights, under their own names, and Adam's means as every checkpoint has them. The tensors
 * share their memory with the training: they hold until its next step.
 */
export function saveTraining(weights: Tensors, adam: Omit<AdamState, "step">): Tensors {
  return new Map([
    ...weights,
    ...prefixed(adam.mean, meanPrefix),
    ...prefixed(adam.meanSquare, meanSquarePrefix),
  ]);
}

/**
 * Finds weights and Adam's means in a checkpoint, whose memory a training takes over.
 * @throws OpnasError CORRUPT_ARTIFACT if anything is missing or of another size
 */
export function loadTraining(
  tensors: Tensors,
  parameters: readonly Parameter[],
): { weights: Tensors; adam: Omit<AdamState, "step"> } {
  return {
    weights: loadWeights(tensors, parameters),
    adam: {
      mean: take(tensors, parameters, meanPrefix),
      meanSquare: take(tensors, parameters, meanSquarePrefix),
    },
  };
}

/**
 * Finds weights in a checkpoint, whose memory the caller takes over.
 * @throws OpnasError CORRUPT_ARTIFACT if anything is missing or of another size
 */
export function loadWeights(tensors: Tensors, parameters: readonly Parameter[]): Tensors {
  return take(tensors, parameters, "");
}

function prefixed(tensors: Tensors, prefix: string) {
  return [...tensors].map(([name, tensor]) => [`${prefix}${name}`, tensor] as const);
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
      return [name, found];
    }),
  );
}

/** Returns counts as a tensor: float32 holds integers exactly up to 2²⁴. */
export function vector(counts: readonly number[]): NamedTensor {
  return { shape: [counts.length], data: Float32Array.from(counts) };
}

/** Returns a text as a tensor: a byte of its UTF-8 form is a number, 0 to 255. */
export function textTensor(text: string): NamedTensor {
  return vector([...Buffer.from(text)]);
}

/** Returns the text that `textTensor` was given. */
export function textOf({ data }: NamedTensor): string {
  return Buffer.from(Uint8Array.from(data)).toString();
}
