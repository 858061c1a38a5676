import { kernels, type Tensor } from "../tf.js";

/**
 * Layer norm: each row of x [..., d] brought to mean 0 and variance 1, then · gain [d] + shift [d]
 * → [..., d]. `epsilon` is added to the variance (BERT: 1e-12).
 */
export function layerNorm(x: Tensor, gain: Tensor, shift: Tensor, epsilon = 1e-12): Tensor {
  return kernels.layerNorm(x, gain, shift, epsilon);
}

/**
 * Softmax over the last axis of x [..., d] → [..., d]. `mask`, if given, is added to x first (0 to
 * keep, a large negative number to leave out) and broadcasts; it has no gradient.
 */
export function softmax(x: Tensor, mask?: Tensor): Tensor {
  return kernels.softmax(x, mask);
}

/**
 * Cross-entropy in nats, the weighted mean over the rows of −log softmax(logits)[label]:
 * logits [p, v], labels [p] (int32), weights [p] (0 leaves a row out) → scalar; 0 if all weights
 * are 0.
 */
export function crossEntropy(logits: Tensor, labels: Tensor, weights: Tensor): Tensor {
  return kernels.crossEntropy(logits, labels, weights.div(weights.sum().maximum(1e-12)));
}
