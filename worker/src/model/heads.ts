import { composite } from "../engine/composites/composite.js";
import { linear } from "../engine/composites/index.js";
import { tf, type Tensor } from "../engine/tf.js";

/**
 * Several linear maps of the same rows at once, each per head: x [b·n, hidden] →
 * one [b, heads, n, d_h] per pair of weight [hidden, hidden] and bias [hidden].
 */
export function projectToHeads(
  x: Tensor,
  maps: readonly { weight: Tensor; bias: Tensor }[],
  { size, length }: { size: number; length: number },
  heads: number,
): Tensor[] {
  const count = maps.length;
  const weight = tf.concat(
    maps.map(({ weight }) => weight),
    1,
  ); // [hidden, count · hidden]
  const bias = tf.concat(
    maps.map(({ bias }) => bias),
    0,
  );
  const rows = linear(x, weight, bias); // [b·n, count · hidden]
  const stacked = composite([rows], () => ({
    value: rows.reshape([size, length, count, heads, -1]).transpose([2, 0, 3, 1, 4]),
    saved: [] as const,
    gradient: (dy) => [dy.transpose([1, 3, 0, 2, 4]).reshape(rows.shape)],
  })); // [count, b, heads, n, d_h]
  return tf.unstack(stacked);
}

/** [b, heads, n, d_h] → rows [b·n, heads · d_h]. */
export function joinHeads(x: Tensor): Tensor {
  const [size = 0, heads = 0, length = 0, width = 0] = x.shape;
  return composite([x], () => ({
    value: x.transpose([0, 2, 1, 3]).reshape([size * length, heads * width]),
    saved: [] as const,
    gradient: (dy) => [dy.reshape([size, length, heads, width]).transpose([0, 2, 1, 3])],
  }));
}
