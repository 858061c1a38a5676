import { OpnasError } from "@opnas/core";
import { tf, type Tensor } from "../tf.js";

/** A forward pass: its value, the tensors that its gradient needs, and that gradient. */
export interface Forward<Saved extends readonly Tensor[]> {
  value: Tensor;
  /** Kept alive until the gradient has run. */
  saved: Saved;
  /** Maps the gradient by the value to the gradients by the composite's inputs, in their order. */
  gradient: (dy: Tensor, saved: Saved) => Tensor[];
}

/**
 * Runs `forward` as one operation with a gradient of its own, which runs fewer kernels than the
 * gradients of its parts would. The gradient may use only `dy`, `saved` and constants: everything
 * else may be freed between the two passes.
 */
export function composite<Saved extends readonly Tensor[]>(
  inputs: Tensor[],
  forward: () => Forward<Saved>,
): Tensor {
  const operation = tf.customGrad((...inputsAndSave) => {
    const save = inputsAndSave.at(-1);
    if (typeof save !== "function") throw new OpnasError("INTERNAL", "customGrad gave no save");
    const { value, saved, gradient } = forward();
    save([...saved]);
    // TensorFlow.js returns the saved tensors unchanged, but its type does not say how many.
    return { value, gradFunc: (dy, kept) => gradient(dy, kept as readonly Tensor[] as Saved) };
  });
  return operation(...inputs);
}
