import { OpnasError } from "@opnas/core";
import { recordable } from "../engine/recording/recordable.js";
import type { Tensor } from "../engine/tf.js";
import { weightsOf, type Weights } from "./tensors.js";

/** A part of a model: its weights by name, what it reads, and tensors that need no gradient. */
export interface ModelPart {
  (weights: Weights, inputs: readonly Tensor[], constants?: readonly Tensor[]): Tensor;
  /** Frees what was recorded of it. */
  release: () => void;
}

/** A part that reads the weights of these names, recorded where the engine can. */
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

/** The same weights with a prefix before every name. */
export const withPrefix =
  (weights: Weights, prefix: string): Weights =>
  (name) =>
    weights(`${prefix}.${name}`);

/** An argument that must be there. */
export function given(tensor: Tensor | undefined): Tensor {
  if (!tensor) throw new OpnasError("INTERNAL", "A part of the model lacks an argument.");
  return tensor;
}
