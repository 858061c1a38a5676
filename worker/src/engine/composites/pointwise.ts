import { kernels, type Tensor } from "../tf.js";

/**
 * GELU: x · Φ(x), Φ being the normal distribution function by `erf`, not the tanh approximation.
 */
export function gelu(x: Tensor): Tensor {
  return kernels.gelu(x);
}

/** Log of the sigmoid: log(1 / (1 + e^−x)), finite for every x. */
export function logSigmoid(x: Tensor): Tensor {
  return kernels.logSigmoid(x);
}

/** Softplus: log(1 + e^x) = −logSigmoid(−x), finite for every x. */
export function softplus(x: Tensor): Tensor {
  return kernels.softplus(x);
}

/** Softsign: x / (1 + |x|). */
export function softsign(x: Tensor): Tensor {
  return kernels.softsign(x);
}

/** Gated linear unit: a · sigmoid(b) for x = [a, b] along the last axis, [..., 2c] → [..., c]. */
export function glu(x: Tensor): Tensor {
  return kernels.glu(x);
}
