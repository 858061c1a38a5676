import { tf, type Tensor } from "../engine/tf.js";
import { padId } from "../text/types.js";

/** Which positions of a batch hold tokens, in the forms that operations want it. */
export interface Padding {
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
  /**
   * 1 at tokens, 0 at padding: [b, n]. Only where a sequence is shorter than the batch: without
   * padding nothing is masked.
   */
  keep?: Tensor;
  /**
   * 1 at the tokens of the second of two segments, 0 elsewhere: [b, n, 1]. Only for models that know
   * of segments (`pairParameters`).
   */
  segments?: Tensor;
}

/** Sequences [size × length], padded with `padId`, as a batch; to be called within `tf.tidy`. */
export function tokenBatch(ids: Int32Array, size: number, length: number): TokenBatch {
  const keep = paddingMaskOf(ids);
  const tokens = tf.tensor2d(ids, [size, length], "int32");
  return asBatch(tokens, keep && tf.tensor2d(keep, [size, length]));
}

/** 1 at tokens, 0 at padding; undefined where there is no padding. */
export function paddingMaskOf(ids: Int32Array): Float32Array | undefined {
  return ids.includes(padId) ? Float32Array.from(ids, (id) => (id === padId ? 0 : 1)) : undefined;
}

/** Ids [b, n] and, where some are padding, `keep` [b, n] as a batch. */
export function asBatch(ids: Tensor, keep?: Tensor): TokenBatch {
  const [size = 0, length = 0] = ids.shape;
  return { size, length, ids, ...(keep && { keep }) };
}

/** All forms of `keep` [b, n]: 1 at tokens, 0 at padding. */
export function paddingOf(keep: Tensor): Padding {
  const [b = 0, n = 0] = keep.shape;
  const keepColumns = keep.reshape([b, 1, 1, n]);
  const bias = keepColumns.sub(1).mul(1e9);
  return { keep, keepRows: keep.reshape([b, 1, n, 1]), keepColumns, bias };
}
