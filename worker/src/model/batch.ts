import { lowestLogit } from "@opnas/core";
import { tf, type Tensor } from "../engine/tf.js";
import { padId } from "../text/types.js";

/** The padding mask of a batch in the forms that operations take. */
export interface Padding {
  /** 1 at tokens, 0 at padding: [b, n]. */
  keep: Tensor;
  /** `keep` as [b, 1, n, 1], for the rows of [b, heads, n, ·]. */
  keepRows: Tensor;
  /** `keep` as [b, 1, 1, n], for the columns of [b, heads, ·, n]. */
  keepColumns: Tensor;
  /**
   * 0 at tokens, the lowest logit at padding: [b, 1, 1, n], to be added to [b, heads, ·, n] before a softmax.
   */
  bias: Tensor;
}

/** A batch of token sequences on the engine. */
export interface TokenBatch {
  size: number;
  length: number;
  /** Token ids [b, n] (int32). */
  ids: Tensor;
  /**
   * 1 at tokens, 0 at padding: [b, n]. Present only if a sequence is shorter than the batch:
   * without padding nothing is masked.
   */
  keep?: Tensor;
  /**
   * 1 at the tokens of the second of two segments, 0 elsewhere: [b, n, 1]. Present only for models
   * with a segment embedding (`pairParameters`).
   */
  segments?: Tensor;
}

/**
 * Uploads sequences [size × length], padded with `padId`, as a batch; to be called within a scope.
 */
export function tokenBatch(ids: Int32Array, size: number, length: number): TokenBatch {
  const keep = paddingMaskOf(ids);
  const tokens = tf.tensor2d(ids, [size, length], "int32");
  return asBatch(tokens, keep && tf.tensor2d(keep, [size, length]));
}

/** Returns 1 at tokens and 0 at padding, of the size of `ids`; undefined if there is no padding. */
export function paddingMaskOf(ids: Int32Array): Float32Array | undefined {
  return ids.includes(padId) ? Float32Array.from(ids, (id) => (id === padId ? 0 : 1)) : undefined;
}

/** Makes a batch of ids [b, n] and, if some are padding, `keep` [b, n]. */
export function asBatch(ids: Tensor, keep?: Tensor): TokenBatch {
  const [size = 0, length = 0] = ids.shape;
  return { size, length, ids, ...(keep && { keep }) };
}

/** Computes all forms of `keep` [b, n]: 1 at tokens, 0 at padding. */
export function paddingOf(keep: Tensor): Padding {
  const [b = 0, n = 0] = keep.shape;
  const keepColumns = keep.reshape([b, 1, 1, n]);
  const bias = paddingBias(keepColumns);
  return { keep, keepRows: keep.reshape([b, 1, n, 1]), keepColumns, bias };
}

/** Turns `keep` into what is added to logits before a softmax: 0 at tokens, the lowest logit at padding. */
export function paddingBias(keep: Tensor): Tensor {
  return keep.sub(1).mul(-lowestLogit);
}
