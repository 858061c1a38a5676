import { kernels, type Tensor } from "../tf.js";

/**
 * Each row of x [..., d] brought to mean 0 and variance 1, then · gain [d] + shift [d].
 * `epsilon` is added to the variance (BERT: 1e-12).
 */
export function layerNorm(x: Tensor, gain: Tensor, shift: Tensor, epsilon = 1e-12): Tensor {
  return kernels.layerNorm(x, gain, shift, epsilon);
}

/**
 * Softmax over the last axis. `mask`, if given, is added to x first (0 to keep, a large negative
 * number to leave out) and broadcasts; it has no gradient.
 */
export function softmax(x: Tensor, mask?: Tensor): Tensor {
  return kernels.softmax(x, mask);
}

/**
 * Mean over the rows of −log softmax(logits)[label], each row with its weight:
 * logits [p, v], labels [p] (int32), weights [p] (0 leaves a row out) → scalar. With all weights
 * 0 the loss is 0.
 */
export function crossEntropy(logits: Tensor, labels: Tensor, weights: Tensor): Tensor {
  return kernels.crossEntropy(logits, labels, weights.div(weights.sum().maximum(1e-12)));
}
