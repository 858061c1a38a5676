import { kernels, type Tensor } from "../tf.js";
import { composite } from "./composite.js";

/**
 * Matrix product a [..., n, k] · b [..., k, m] → [..., n, m]; with `transposeB` b is [..., m, k].
 * Both have the same leading axes.
 */
export function matMul(a: Tensor, b: Tensor, transposeB = false): Tensor {
  return composite([a, b], () => ({
    value: kernels.matMul(a, b, false, transposeB),
    saved: [a, b] as const,
    gradient: (dy, [a, b]) => [
      kernels.matMul(dy, b, false, !transposeB),
      transposeB ? kernels.matMul(dy, a, true, false) : kernels.matMul(a, dy, true, false),
    ],
  }));
}
