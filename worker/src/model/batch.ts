import { tf, type Tensor } from "../engine/tf.js";
import { padId } from "../data/types.js";

/** Which positions of a batch hold tokens, in the forms that operations want it. */
export interface Padding {
  /** 1 at tokens, 0 at padding: [b, n]. */
  keep: Tensor;
  /** The same for the rows of [b, heads, n, ·] and for the columns of [b, heads, ·, n]. */
  keepRows: Tensor;
  keepColumns: Tensor;
  /** 0 at tokens, −1e9 at padding, to be added to [b, heads, ·, n] before a softmax. */
  bias: Tensor;
}

/** A batch of token sequences on the engine. */
export interface TokenBatch {
  size: number;
  length: number;
  /** [b, n] int32 */
  ids: Tensor;
  /** Only where a sequence is shorter than the batch: without padding nothing is masked. */
  padding?: Padding;
}

/** Sequences [size × length], padded with `padId`, as a batch; to be called within `tf.tidy`. */
export function tokenBatch(ids: Int32Array, size: number, length: number): TokenBatch {
  const batch = { size, length, ids: tf.tensor2d(ids, [size, length], "int32") };
  return ids.includes(padId) ? { ...batch, padding: paddingOf(ids, size, length) } : batch;
}

function paddingOf(ids: Int32Array, size: number, length: number): Padding {
  const keep = Float32Array.from(ids, (id) => (id === padId ? 0 : 1));
  const bias = keep.map((kept) => (kept === 1 ? 0 : -1e9));
  return {
    keep: tf.tensor2d(keep, [size, length]),
    keepRows: tf.tensor4d(keep, [size, 1, length, 1]),
    keepColumns: tf.tensor4d(keep, [size, 1, 1, length]),
    bias: tf.tensor4d(bias, [size, 1, 1, length]),
  };
}
