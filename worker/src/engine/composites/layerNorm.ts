import { kernels, type Tensor } from "../tf.js";
import { composite } from "./composite.js";
import { asRows, reshape, size } from "./shape.js";

/**
 * Each row of x [..., d] brought to mean 0 and variance 1, then · gain [d] + shift [d].
 * `epsilon` is added to the variance (BERT: 1e-12).
 */
export function layerNorm(x: Tensor, gain: Tensor, shift: Tensor, epsilon = 1e-12): Tensor {
  return composite([x, gain, shift], () => {
    const rows = asRows(x);
    const width = size(x, -1);
    const centred = rows.sub(rows.sum(-1, true).mul(1 / width));
    const inverse = centred
      .square()
      .sum(-1, true)
      .mul(1 / width)
      .add(epsilon)
      .rsqrt();
    const normal = centred.mul(inverse);
    return {
      value: reshape(normal.mul(gain).add(shift), x.shape),
      saved: [normal, inverse, gain] as const,
      gradient: (dy, [normal, inverse, gain]) => {
        const dRows = asRows(dy);
        const dNormal = dRows.mul(gain);
        const weighted = dRows.mul(normal);
        const meanOf = gain.mul(1 / width).reshape([width, 1]);
        const along = normal.mul(kernels.matMul(weighted, meanOf));
        const dx = dNormal.sub(kernels.matMul(dRows, meanOf)).sub(along).mul(inverse);
        return [reshape(dx, x.shape), weighted.sum(0), dRows.sum(0)];
      },
    };
  });
}
