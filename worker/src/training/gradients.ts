import { fetchInto } from "../engine/fetch.js";
import { valueAndGradients } from "../engine/recording/recordable.js";
import type { Tensor } from "../engine/tf.js";
import { inScope } from "../engine/scope.js";
import { upload, weightsOf, type Tensors, type Weights } from "../model/tensors.js";
import type { Gradients } from "./adam.js";

/** Arrays for the gradients by all of `tensors`, to be used again by every step. */
export function gradientRoom(tensors: Tensors): Gradients {
  return new Map([...tensors].map(([name, { data }]) => [name, new Float32Array(data.length)]));
}

/**
 * The loss and its gradients by every tensor of `names` that it depends on; these are arrays of
 * `room`. Leaves nothing on the engine.
 */
export function lossAndGradients(
  tensors: Tensors,
  names: readonly string[],
  loss: (weights: Weights) => Tensor,
  room: Gradients,
): { loss: number; gradients: Gradients } {
  return inScope(() => {
    const uploaded = upload(tensors, names);
    const weights = weightsOf(uploaded);
    const { value, gradients } = valueAndGradients(() => loss(weights), [...uploaded.values()]);
    const found = names.flatMap((name, index) => {
      const [gradient, array] = [gradients[index], room.get(name)];
      return gradient && array ? [{ name, gradient, array }] : [];
    });
    const lossRoom = new Float32Array(1);
    fetchInto(
      [value, ...found.map(({ gradient }) => gradient)],
      [lossRoom, ...found.map(({ array }) => array)],
    );
    return {
      loss: lossRoom[0] ?? NaN,
      gradients: new Map(found.map(({ name, array }) => [name, array])),
    };
  });
}
