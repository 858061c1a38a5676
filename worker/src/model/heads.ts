import { composite } from "../engine/composites/composite.js";
import { tf, type Tensor } from "../engine/tf.js";

/** Rows [b·n, hidden] → [b, heads, n, hidden / heads]. */
export function splitHeads(
  rows: Tensor,
  { size, length }: { size: number; length: number },
  heads: number,
): Tensor {
  return composite([rows], () => ({
    value: rows.reshape([size, length, heads, -1]).transpose([0, 2, 1, 3]),
    saved: [] as const,
    gradient: (dy) => [dy.transpose([0, 2, 1, 3]).reshape(rows.shape)],
  }));
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

/** Gated linear unit: a · sigmoid(b) for x = [a, b] along the last axis, [·, 2c] → [·, c]. */
export function glu(x: Tensor): Tensor {
  return composite([x], () => {
    const [a, b] = tf.split(x, 2, -1);
    if (!a || !b) throw new Error("split gives two halves");
    const gate = b.sigmoid();
    return {
      value: a.mul(gate),
      saved: [a, gate] as const,
      gradient: (dy, [a, gate]) => {
        const da = dy.mul(gate);
        return [tf.concat([da, da.mul(a).mul(tf.sub(1, gate))], -1)];
      },
    };
  });
}
