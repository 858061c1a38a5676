import { crossEntropy, embedding, gelu, linear } from "../engine/composites.js";
import { tf, type Tensor } from "../engine/tf.js";
import { paddingBias } from "./batch.js";
import { affine, norm } from "./layers.js";
import { namesOf } from "./parameters.js";
import { modelPart, given } from "./part.js";
import type { Weights } from "./tensors.js";

const maskedHeadNames = [
  ...namesOf("mlm.dense"),
  ...namesOf("mlm.norm"),
  "embedding.token.weight",
  "mlm.decoder.bias",
];

/**
 * Masked-LM head at chosen tokens only: x [b, n, hidden], places [p] (int32) among the b · n →
 * logits [p, vocabulary]. A dense layer, GELU and norm, then the token embedding as decoder.
 */
export const maskedLogits = modelPart(maskedHeadNames, logitsAt);

/**
 * Masked-LM loss: x [b, n, hidden], places [p] among the b · n and targets [p] (both int32) → mean
 * cross-entropy in nats.
 */
export const maskedLoss = modelPart(maskedHeadNames, (weights, inputs, [places, targets]) =>
  loss(logitsAt(weights, inputs, [given(places)]), given(targets)),
);

function logitsAt(weights: Weights, inputs: readonly Tensor[], constants: readonly Tensor[]) {
  const x = given(inputs[0]);
  const chosen = embedding(x.reshape([-1, x.shape[2] ?? 0]), given(constants[0])); // [p, hidden]
  const features = norm(weights, "mlm.norm", gelu(affine(weights, "mlm.dense", chosen))); // [p, hidden]
  const decoder = weights("embedding.token.weight"); // [vocabulary, hidden]
  return linear(features, decoder, weights("mlm.decoder.bias"), true);
}

/**
 * Next-sentence loss: x [b, n, hidden], follows [b] (int32) → mean cross-entropy in nats. The head
 * is a dense layer and tanh over [CLS], then a linear layer to two classes.
 */
export const nextSentenceLoss = modelPart(
  [...namesOf("pooler"), ...namesOf("nextSentence")],
  (weights, inputs, [follows]) => {
    const pooled = tf.tanh(affine(weights, "pooler", firstToken(given(inputs[0])))); // [b, hidden]
    return loss(affine(weights, "nextSentence", pooled), given(follows));
  },
);

/** Classification head: x [b, n, hidden], with padding also `keep` [b, n] → logits [b, classes]. */
export const classLogits = modelPart(namesOf("classifier"), (weights, inputs, [keep]) =>
  classify(weights, given(inputs[0]), keep),
);

/**
 * Classification loss: x [b, n, hidden], labels [b] (int32), with padding also `keep` [b, n] → mean
 * cross-entropy in nats.
 */
export const classLoss = modelPart(namesOf("classifier"), (weights, inputs, [labels, keep]) =>
  loss(classify(weights, given(inputs[0]), keep), given(labels)),
);

/** Applies the classifier to [CLS] and the mean of all tokens: x [b, n, hidden] → [b, classes]. */
function classify(weights: Weights, x: Tensor, keep?: Tensor): Tensor {
  const features = tf.concat([firstToken(x), meanOverTokens(x, keep)], 1); // [b, 2 · hidden]
  return affine(weights, "classifier", features);
}

/** Takes the hidden states of [CLS]: x [b, n, hidden] → [b, hidden]. */
function firstToken(x: Tensor): Tensor {
  const [b = 0, , hidden = 0] = x.shape;
  return x.slice([0, 0, 0], [b, 1, hidden]).reshape([b, hidden]);
}

/** Averages over the tokens that are not padding: x [b, n, hidden], keep [b, n] → [b, hidden]. */
function meanOverTokens(x: Tensor, keep?: Tensor): Tensor {
  return keep ? x.mul(keep.expandDims(2)).sum(1).div(keep.sum(1, true)) : x.mean(1);
}

/**
 * Span head: x [b, n, hidden], with padding also `keep` [b, n] → logits of each token to begin and
 * to end the span [2, b, n].
 */
export const spanLogits = modelPart(namesOf("span"), (weights, inputs, [keep]) =>
  spanLogitsOf(weights, given(inputs[0]), keep),
);

/**
 * Span loss: x [b, n, hidden], ends [2 · b] (int32: the first tokens of the spans, then the last),
 * with padding also `keep` [b, n] → mean cross-entropy in nats.
 */
export const spanLoss = modelPart(namesOf("span"), (weights, inputs, [ends, keep]) => {
  const logits = spanLogitsOf(weights, given(inputs[0]), keep);
  const [, b = 0, n = 0] = logits.shape;
  return crossEntropy(logits.reshape([2 * b, n]), given(ends), tf.ones([2 * b]));
});

function spanLogitsOf(weights: Weights, x: Tensor, keep?: Tensor): Tensor {
  const logits = affine(weights, "span", x).transpose([2, 0, 1]); // [b, n, 2] → [2, b, n]
  return keep ? logits.add(paddingBias(keep)) : logits;
}

/** Mean cross-entropy in nats: logits [p, classes], labels [p] (int32) → scalar. */
function loss(logits: Tensor, labels: Tensor): Tensor {
  return crossEntropy(logits, labels, tf.ones(labels.shape));
}
