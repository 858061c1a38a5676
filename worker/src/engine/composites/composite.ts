import { OpnasError } from "@opnas/core";
import { tf, type Tensor } from "../tf.js";

/** A forward pass: its value, what its gradient needs, and that gradient. */
export interface Forward<Saved extends readonly Tensor[]> {
  value: Tensor;
  /** Kept alive until the gradient has run. */
  saved: Saved;
  /** The gradient of each of the composite's inputs, in their order. */
  gradient: (dy: Tensor, saved: Saved) => Tensor[];
}

/**
 * One operation with a gradient of its own: fewer kernels than the gradients of its parts would
 * run. The gradient may use only `dy`, `saved` and constants, for everything else may be freed
 * between the two passes.
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
    // TensorFlow.js hands back the saved tensors as they were given, but forgets how many.
    return { value, gradFunc: (dy, kept) => gradient(dy, kept as readonly Tensor[] as Saved) };
  });
  return operation(...inputs);
}
