import { kernels, type Tensor } from "../tf.js";
import { composite } from "./composite.js";
import { asRows, reshape, size } from "./shape.js";

/**
 * Linear layer: x [..., i] · weight [i, o] + bias [o] → [..., o]. With `transposeWeight` the weight
 * is [o, i], for example a table of embeddings that serves as decoder.
 */
export function linear(x: Tensor, weight: Tensor, bias: Tensor, transposeWeight = false): Tensor {
  return composite([x, weight, bias], () => {
    const rows = asRows(x); // [r, i]
    const y = kernels.affine(rows, weight, bias, transposeWeight); // [r, o]
    return {
      value: reshape(y, [...x.shape.slice(0, -1), size(y, 1)]),
      saved: [rows, weight] as const,
      gradient: (dy, [rows, weight]) => {
        const dRows = asRows(dy); // [r, o]
        return [
          reshape(kernels.matMul(dRows, weight, false, !transposeWeight), x.shape),
          transposeWeight
            ? kernels.matMul(dRows, rows, true, false)
            : kernels.matMul(rows, dRows, true, false),
          kernels.sumRows(dRows),
        ];
      },
    };
  });
}
