import { tf, type Tensor } from "../tf.js";
import { composite } from "./composite.js";

/** x · Φ(x) with Φ the normal distribution function by `erf` (not the tanh approximation). */
export function gelu(x: Tensor): Tensor {
  return composite([x], () => {
    const cdf = tf.erf(x.mul(Math.SQRT1_2)).mul(0.5).add(0.5);
    return {
      value: x.mul(cdf),
      saved: [x, cdf] as const,
      gradient: (dy, [x, cdf]) => {
        const density = x
          .square()
          .mul(-0.5)
          .exp()
          .mul(1 / Math.sqrt(2 * Math.PI));
        return [density.mul(x).add(cdf).mul(dy)];
      },
    };
  });
}
