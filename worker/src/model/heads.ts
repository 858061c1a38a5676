import { composite } from "../engine/composites/composite.js";
import { linear } from "../engine/composites/index.js";
import { tf, type Tensor } from "../engine/tf.js";

/**
 * Applies several linear maps to the same rows at once and splits the results by head:
 * x [b, n, hidden], each weight [hidden, hidden] and bias [hidden] → [maps, b, heads, n, d_h].
 */
export function projectToHeads(
  x: Tensor,
  maps: readonly { weight: Tensor; bias: Tensor }[],
  heads: number,
): Tensor {
  const [b = 0, n = 0] = x.shape;
  const weight = tf.concat(
    maps.map(({ weight }) => weight),
    1,
  ); // [hidden, maps · hidden]
  const bias = tf.concat(
    maps.map(({ bias }) => bias),
    0,
  ); // [maps · hidden]
  const rows = linear(x, weight, bias); // [b, n, maps · hidden]
  return composite([rows], () => ({
    value: rows.reshape([b, n, maps.length, heads, -1]).transpose([2, 0, 3, 1, 4]),
    saved: [] as const,
    gradient: (dy) => [dy.transpose([1, 3, 0, 2, 4]).reshape(rows.shape)],
  }));
}

/** Concatenates the heads: x [b, heads, n, d_h] → [b, n, heads · d_h]. */
export function joinHeads(x: Tensor): Tensor {
  const [b = 0, heads = 0, n = 0, width = 0] = x.shape;
  return composite([x], () => ({
    value: x.transpose([0, 2, 1, 3]).reshape([b, n, heads * width]),
    saved: [] as const,
    gradient: (dy) => [dy.reshape([b, n, heads, width]).transpose([0, 2, 1, 3])],
  }));
}
