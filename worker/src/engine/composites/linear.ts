import { kernels, type Tensor } from "../tf.js";
import { composite } from "./composite.js";
import { asRows, reshape, size } from "./shape.js";

/** x [..., i] · weight [i, o] + bias [o] → [..., o]. */
export function linear(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  return composite([x, weight, bias], () => {
    const rows = asRows(x);
    const y = kernels.matMul(rows, weight).add(bias);
    return {
      value: reshape(y, [...x.shape.slice(0, -1), size(weight, 1)]),
      saved: [rows, weight] as const,
      gradient: (dy, [rows, weight]) => {
        const dRows = asRows(dy);
        return [
          reshape(kernels.matMul(dRows, weight, false, true), x.shape),
          kernels.matMul(rows, dRows, true, false),
          dRows.sum(0),
        ];
      },
    };
  });
}
