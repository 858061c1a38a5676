import { composite, size, softmax } from "./composites.js";
import { kernels, tf, type Tensor } from "./tf.js";

/**
 * Convolves depthwise along the sequence, with one kernel per head that the head's channels share
 * (Wu et al. 2019; docs/paper.md §2): x [b, n, c], weight [h, k] with k odd and h a divisor of
 * c → [b, n, c]. `normalise` puts a softmax over each kernel. Positions with `keep` [b, n] = 0 are
 * padding and contribute nothing, like positions beyond either end.
 *
 * It is computed as one product per head with a banded [n, n] matrix, whose cost hardly depends on
 * k; long sequences are cut into blocks (decision 0063).
 */
export function lightweightConvolution(
  x: Tensor,
  weight: Tensor,
  keep?: Tensor,
  normalise = true,
): Tensor {
  const kernel = normalise ? softmax(weight) : weight; // [h, k]
  const kept = keep ? x.mul(keep.expandDims(-1)) : x; // [b, n, c]
  const n = size(x, 1);
  return n < blocksFrom ? bandProduct(band(kernel, n), kept) : blockProduct(kernel, kept);
}

/** The length from which blocks take less time than one matrix, whatever the kernel's size. */
const blocksFrom = 384;

/** Positions of a block: no fewer than the longest kernel reaches beyond it. */
const blockLength = 64;

/**
 * Convolves x [b, n, c] with kernel [h, k] block by block → [b, n, c]. A window is a block with the
 * k − 1 positions around it, which costs (64 + k − 1) / n of the whole matrix; all windows have one
 * band.
 */
function blockProduct(kernel: Tensor, x: Tensor): Tensor {
  const [b, n, c] = [size(x, 0), size(x, 1), size(x, 2)];
  const [heads, k] = [size(kernel, 0), size(kernel, 1)];
  const centre = (k - 1) / 2;
  const blocks = Math.ceil(n / blockLength);
  const window = blockLength + k - 1;
  const behind = (blocks + 1) * blockLength - centre - n;
  const rows = tf
    .pad(x, [
      [0, 0],
      [centre, behind],
      [0, 0],
    ])
    .reshape([b, blocks + 1, blockLength, c]);
  const windows = tf
    .concat(
      [
        tf.slice(rows, [0, 0, 0, 0], [b, blocks, blockLength, c]),
        tf.slice(rows, [0, 1, 0, 0], [b, blocks, k - 1, c]),
      ],
      2,
    )
    .reshape([b * blocks, window, c]);
  const matrices = tf.slice(band(kernel, window), [0, centre, 0], [heads, blockLength, window]);
  const product = bandProduct(matrices, windows).reshape([b, blocks * blockLength, c]);
  return tf.slice(product, [0, 0, 0], [b, n, c]);
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

/** Multiplies matrices [h, m, n] by the heads of x [b, n, c] → [b, m, c]. */
function bandProduct(matrices: Tensor, x: Tensor): Tensor {
  return composite([matrices, x], () => {
    const [b, c] = [size(x, 0), size(x, 2)];
    const heads = size(matrices, 0);
    // [b, n, c] → [h, n, b · c / h]
    const split = (t: Tensor) =>
      t
        .reshape([b, size(t, 1), heads, c / heads])
        .transpose([2, 1, 0, 3])
        .reshape([heads, size(t, 1), -1]);
    // [h, n, b · c / h] → [b, n, c]
    const join = (t: Tensor) =>
      t
        .reshape([heads, size(t, 1), b, c / heads])
        .transpose([2, 1, 0, 3])
        .reshape([b, size(t, 1), c]);
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
