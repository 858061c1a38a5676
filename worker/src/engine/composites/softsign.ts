import type { Tensor } from "../tf.js";
import { composite } from "./composite.js";

/** x / (1 + |x|). */
export function softsign(x: Tensor): Tensor {
  return composite([x], () => {
    const divisor = x.abs().add(1);
    return {
      value: x.div(divisor),
      saved: [divisor] as const,
      gradient: (dy, [divisor]) => [dy.div(divisor.square())],
    };
  });
}
