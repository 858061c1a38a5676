import { OpnasError } from "@opnas/core";
import { valueAndGradients } from "../engine/recording/recordable.js";
import type { Tensor } from "../engine/tf.js";
import { inScope } from "../engine/scope.js";
import { upload, weightsOf, type Tensors, type Weights } from "../model/tensors.js";
import type { Gradients } from "./adam.js";

/**
 * The loss and its gradients by every tensor of `names` that it depends on. Leaves nothing on
 * the engine.
 */
export function lossAndGradients(
  tensors: Tensors,
  names: readonly string[],
  loss: (weights: Weights) => Tensor,
): { loss: number; gradients: Gradients } {
  return inScope(() => {
    const uploaded = upload(tensors, names);
    const weights = weightsOf(uploaded);
    const { value, gradients } = valueAndGradients(() => loss(weights), [...uploaded.values()]);
    const byName: Gradients = new Map();
    for (const [index, name] of names.entries()) {
      const gradient = gradients[index];
      if (gradient) byName.set(name, floats(gradient));
    }
    return { loss: floats(value)[0] ?? NaN, gradients: byName };
  });
}

/** The values of a float32 tensor, brought into the process's memory. */
export function floats(tensor: Tensor): Float32Array {
  const values = tensor.dataSync();
  if (!(values instanceof Float32Array))
    throw new OpnasError("INTERNAL", "Expected float32 values.");
  return values;
}
