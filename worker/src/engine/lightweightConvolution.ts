import { composite, size, softmax } from "./composites.js";
import { kernels, tf, type Tensor } from "./tf.js";

/**
 * Convolves depthwise along the sequence, with one kernel per head that the head's channels share
 * (Wu et al. 2019; docs/paper.md §2): x [b, n, c], weight [h, k] with k odd and h a divisor of
 * c → [b, n, c]. `normalise` puts a softmax over each kernel. Positions with `keep` [b, n] = 0 are
 * padding and contribute nothing, like positions beyond either end.
 *
 * It is computed as one product per head with a banded [n, n] matrix, whose cost hardly depends on
 * k.
 */
export function lightweightConvolution(
  x: Tensor,
  weight: Tensor,
  keep?: Tensor,
  normalise = true,
): Tensor {
  const kernel = normalise ? softmax(weight) : weight; // [h, k]
  const kept = keep ? x.mul(keep.expandDims(-1)) : x; // [b, n, c]
  return bandProduct(band(kernel, size(x, 1)), kept);
}

/**
 * Builds the matrices of the convolutions with weight [h, k] over n positions: [h, n, n], where [i,
 * j] is weight[j − i + (k − 1) / 2], or 0 outside of the kernel.
 *
 * Row i is one vector of 2n entries rotated right by i. Copies of that vector in a row, read as
 * rows of 2n − 1 entries, are rotated by one more from row to row.
 */
function band(weight: Tensor, n: number): Tensor {
  return composite([weight], () => {
    const [heads, k] = [size(weight, 0), size(weight, 1)];
    const centre = (k - 1) / 2;
    const reach = Math.min(centre, n - 1);
    const right = tf.slice(weight, [0, centre], [heads, reach + 1]); // [h, reach + 1]
    const left = tf.slice(weight, [0, centre - reach], [heads, reach]); // [h, reach]
    const zeros = tf.zeros([heads, 2 * n - 2 * reach - 1]);
    const firstRow = tf.concat([right, zeros, left], 1); // [h, 2n]
    const rotated = tf.slice(tf.tile(firstRow, [1, n]), [0, 0], [heads, n * (2 * n - 1)]);
    return {
      value: tf.slice(rotated.reshape([heads, n, 2 * n - 1]), [0, 0, 0], [heads, n, n]),
      saved: [] as const,
      gradient: (dy) => {
        const wide = tf
          .pad(dy, [
            [0, 0],
            [0, 0],
            [0, n - 1],
          ])
          .reshape([heads, n * (2 * n - 1)]);
        const dFirstRow = tf
          .pad(wide, [
            [0, 0],
            [0, n],
          ])
          .reshape([heads, n, 2 * n])
          .sum(1); // [h, 2n]
        const dRight = tf.slice(dFirstRow, [0, 0], [heads, reach + 1]);
        const dLeft = tf.slice(dFirstRow, [0, 2 * n - reach], [heads, reach]);
        const beyond = centre - reach;
        return [
          tf.pad(tf.concat([dLeft, dRight], 1), [
            [0, 0],
            [beyond, beyond],
          ]),
        ];
      },
    };
  });
}

/** Multiplies matrices [h, n, n] by the heads of x [b, n, c] → [b, n, c]. */
function bandProduct(matrices: Tensor, x: Tensor): Tensor {
  return composite([matrices, x], () => {
    const [b, n, c] = [size(x, 0), size(x, 1), size(x, 2)];
    const heads = size(matrices, 0);
    // [b, n, c] → [h, n, b · c / h]
    const split = (t: Tensor) =>
      t
        .reshape([b, n, heads, c / heads])
        .transpose([2, 1, 0, 3])
        .reshape([heads, n, -1]);
    // [h, n, b · c / h] → [b, n, c]
    const join = (t: Tensor) =>
      t
        .reshape([heads, n, b, c / heads])
        .transpose([2, 1, 0, 3])
        .reshape([b, n, c]);
    const columns = split(x);
    return {
      value: join(kernels.matMul(matrices, columns)),
      saved: [matrices, columns] as const,
      gradient: (dy, [matrices, columns]) => {
        const dColumns = split(dy);
        return [
          kernels.matMul(dColumns, columns, false, true),
          join(kernels.matMul(matrices, dColumns, true, false)),
        ];
      },
    };
  });
}
