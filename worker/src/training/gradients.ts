import { fetchInto } from "../engine/fetch.js";
import { valueAndGradients } from "../engine/recording/recordable.js";
import type { Tensor } from "../engine/tf.js";
import { inScope } from "../engine/scope.js";
import { upload, weightsOf, type Tensors, type Weights } from "../model/tensors.js";
import type { Gradients } from "./adam.js";
import type { Learned } from "./lesson.js";

/** Arrays for the gradients by all of `tensors`, to be used again by every step. */
export function gradientRoom(tensors: Tensors): Gradients {
  return new Map([...tensors].map(([name, { data }]) => [name, new Float32Array(data.length)]));
}

/**
 * What `losses` ([] or [k]) are, and the gradients of their sum by every tensor of `names` that it
 * depends on; these are arrays of `room`. Leaves nothing on the engine.
 */
export function lossAndGradients(
  tensors: Tensors,
  names: readonly string[],
  losses: (weights: Weights) => Tensor,
  room: Gradients,
): Learned {
  return inScope(() => {
    const uploaded = upload(tensors, names);
    const weights = weightsOf(uploaded);
    const { value, gradients } = valueAndGradients(() => losses(weights), [...uploaded.values()]);
    const found = names.flatMap((name, index) => {
      const [gradient, array] = [gradients[index], room.get(name)];
      return gradient && array ? [{ name, gradient, array }] : [];
    });
    const values = new Float32Array(value.size);
    fetchInto(
      [value, ...found.map(({ gradient }) => gradient)],
      [values, ...found.map(({ array }) => array)],
    );
    return asLearned(values, new Map(found.map(({ name, array }) => [name, array])));
  });
}

/** Losses with their sum. */
export function asLearned(losses: ArrayLike<number>, gradients: Gradients): Learned {
  const each = Array.from(losses);
  return { loss: each.reduce((sum, loss) => sum + loss), losses: each, gradients };
}
