import { kernels, type Tensor } from "../tf.js";
import { composite } from "./composite.js";

/** Added to the squared distance: smooth at 0, where the value is 1e-3 and the gradient 0. */
const epsilon = 1e-6;

/**
 * Euclidean distance √(|a_i − b_j|² + 1e-6) of each row of a [..., n, d] and each of b [..., m, d]
 * → [..., n, m]. The distances come from one matrix product, so that no [n, m, d] tensor is needed.
 */
export function euclidean(a: Tensor, b: Tensor): Tensor {
  return composite([a, b], () => {
    const squares = a.square().sum(-1, true).add(b.square().sum(-1).expandDims(-2));
    const products = kernels.matMul(a, b, false, true); // [..., n, m]
    const distance = squares.sub(products.mul(2)).relu().add(epsilon).sqrt();
    return {
      value: distance,
      saved: [a, b, distance] as const,
      gradient: (dy, [a, b, distance]) => {
        const pull = dy.div(distance);
        return [
          a.mul(pull.sum(-1, true)).sub(kernels.matMul(pull, b)),
          b.mul(pull.sum(-2).expandDims(-1)).sub(kernels.matMul(pull, a, true, false)),
        ];
      },
    };
  });
}
