import { OpnasError } from "@opnas/core";
import { recordable } from "../engine/recording/recordable.js";
import type { Tensor } from "../engine/tf.js";
import { weightsOf, type Weights } from "./tensors.js";

/**
 * A part of a model: maps its weights by name, its inputs, and constants without gradient to its
 * output.
 */
export interface ModelPart {
  (weights: Weights, inputs: readonly Tensor[], constants?: readonly Tensor[]): Tensor;
  /** Frees its recordings; it can still be called. */
  release: () => void;
}

/** Makes a part that reads the weights of these names; it is recorded if the engine can record. */
export function modelPart(
  names: readonly string[],
  body: (weights: Weights, inputs: readonly Tensor[], constants: readonly Tensor[]) => Tensor,
): ModelPart {
  const part = recordable((variables, constants) => {
    const own = new Map(
      variables.slice(0, names.length).map((each, at) => [names[at] ?? "", each]),
    );
    return body(weightsOf(own), variables.slice(names.length), constants);
  });
  const call = (weights: Weights, inputs: readonly Tensor[], constants: readonly Tensor[] = []) =>
    part([...names.map(weights), ...inputs], constants);
  return Object.assign(call, { release: part.release });
}

/**
 * Returns access to the weights whose names begin with `prefix` and a dot, by the rest of the name.
 */
export const withPrefix =
  (weights: Weights, prefix: string): Weights =>
  (name) =>
    weights(`${prefix}.${name}`);

/**
 * Returns an argument of a part.
 * @throws OpnasError INTERNAL if it is undefined
 */
export function given(tensor: Tensor | undefined): Tensor {
  if (!tensor) throw new OpnasError("INTERNAL", "A part of the model lacks an argument.");
  return tensor;
}
