import { tf, type Tensor } from "../tf.js";
import { composite } from "./composite.js";

/**
 * Softmax over the last axis. `mask`, if given, is added to x first (0 to keep, a large negative
 * number to leave out) and broadcasts; it has no gradient.
 */
export function softmax(x: Tensor, mask?: Tensor): Tensor {
  return composite([x], () => {
    const y = tf.softmax(mask ? x.add(mask) : x);
    return {
      value: y,
      saved: [y] as const,
      gradient: (dy, [y]) => {
        const share = dy.mul(y);
        return [share.sub(y.mul(share.sum(-1, true)))];
      },
    };
  });
}
