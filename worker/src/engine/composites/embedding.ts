import { kernels, type Tensor } from "../tf.js";
import { composite } from "./composite.js";
import { size } from "./shape.js";

/** Gathers the rows of table [v, d] named by ids [...] (int32, 0 ≤ id < v) → [..., d]. */
export function embedding(table: Tensor, ids: Tensor): Tensor {
  const rows = size(table, 0);
  return composite([table], () => ({
    value: kernels.gatherRows(table, ids),
    saved: [ids] as const,
    gradient: (dy, [ids]) => [kernels.scatterRows(dy, ids, rows)],
  }));
}
