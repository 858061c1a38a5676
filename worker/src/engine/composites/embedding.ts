import { tf, type Tensor } from "../tf.js";
import { composite } from "./composite.js";
import { size } from "./shape.js";

/** The rows of table [v, d] named by ids [...] (int32, 0 ≤ id < v) → [..., d]. */
export function embedding(table: Tensor, ids: Tensor): Tensor {
  const rows = size(table, 0);
  return composite([table], () => ({
    value: tf.gather(table, ids),
    saved: [ids] as const,
    gradient: (dy, [ids]) => [
      tf.unsortedSegmentSum(dy.reshape([ids.size, size(dy, -1)]), ids.as1D(), rows),
    ],
  }));
}
