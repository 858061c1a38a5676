import { tf, type Tensor } from "../tf.js";
import { composite } from "./composite.js";

/** log(1 / (1 + e^−x)), finite for every x. */
export function logSigmoid(x: Tensor): Tensor {
  return composite([x], () => ({
    value: tf.softplus(x.neg()).neg(),
    saved: [x] as const,
    gradient: (dy, [x]) => [dy.mul(tf.sigmoid(x.neg()))],
  }));
}
