import { crossEntropy } from "../engine/composites/index.js";
import { tf, type Tensor } from "../engine/tf.js";
import { affine } from "./layers.js";
import { namesOf } from "./parameters.js";
import { given, modelPart } from "./part.js";
import type { Weights } from "./tensors.js";

/**
 * Span head: x [b, n, hidden], with padding also `keep` [b, n] → logits of each token to begin and
 * to end the span [2, b, n].
 */
export const spanLogits = modelPart(namesOf("span"), (weights, inputs, [keep]) =>
  logitsOf(weights, given(inputs[0]), keep),
);

/**
 * Span loss: x [b, n, hidden], ends [2 · b] (int32: the first tokens of the spans, then the last),
 * with padding also `keep` [b, n] → mean cross-entropy in nats.
 */
export const spanLoss = modelPart(namesOf("span"), (weights, inputs, [ends, keep]) => {
  const logits = logitsOf(weights, given(inputs[0]), keep);
  const [, b = 0, n = 0] = logits.shape;
  return crossEntropy(logits.reshape([2 * b, n]), given(ends), tf.ones([2 * b]));
});

function logitsOf(weights: Weights, x: Tensor, keep?: Tensor): Tensor {
  const logits = affine(weights, "span", x).transpose([2, 0, 1]); // [b, n, 2] → [2, b, n]
  return keep ? logits.add(keep.sub(1).mul(1e9)) : logits;
}
