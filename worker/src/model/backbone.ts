import type { Architecture, ModelSize } from "@opnas/core";
import { crossEntropy, embedding, gelu, linear } from "../engine/composites/index.js";
import { tf, type Tensor } from "../engine/tf.js";
import type { TokenBatch } from "./batch.js";
import { affine, buildLayer, norm, type Reuse } from "./layers.js";
import {
  backboneParameters,
  branchOf,
  namesOf,
  segmentEmbedding,
  type Parameter,
} from "./parameters.js";
import { modelPart, given } from "./part.js";
import type { Weights } from "./tensors.js";

/** An architecture compiled to functions: built once, then called for every batch. */
export interface Backbone {
  parameters: readonly Parameter[];
  /** Computes a batch's hidden states after the last layer, [b, n, hidden]. */
  encode(weights: Weights, batch: TokenBatch): Tensor;
  /**
   * Computes the hidden states after the embedding and after each layer: layers + 1 of [b, n,
   * hidden].
   */
  states(weights: Weights, batch: TokenBatch): Tensor[];
  /** Frees the recordings of this backbone alone; it can still be called. */
  release: () => void;
}

/** Builds the backbone of an architecture that `checkArchitecture` passed. */
export function buildBackbone(
  size: ModelSize,
  architecture: Architecture,
  reuse: Reuse = "often",
): Backbone {
  const layers = architecture.layers.map((layer, index) => buildLayer(size, index, layer, reuse));
  return {
    parameters: backboneParameters(size, architecture.layers.map(branchOf)),
    encode: (weights, batch) =>
      layers.reduce((x, layer) => layer(weights, x, batch), embedded(weights, batch)),
    states: (weights, batch) => {
      const states = [embedded(weights, batch)];
      for (const layer of layers) states.push(layer(weights, given(states.at(-1)), batch));
      return states;
    },
    release: () => layers.forEach((layer) => layer.release?.()),
  };
}

const embeddingNames = [
  "embedding.token.weight",
  "embedding.position.weight",
  ...namesOf("embedding.norm"),
];

function embedded(weights: Weights, { ids, segments }: TokenBatch): Tensor {
  return segments ? embedPairs(weights, [], [ids, segments]) : embed(weights, [], [ids]);
}

/** Computes the norm of token + position embeddings: ids [b, n] → [b, n, hidden]. */
const embed = modelPart(embeddingNames, (weights, _, [ids]) =>
  norm(weights, "embedding.norm", tokensAndPositions(weights, given(ids))),
);

/**
 * Computes the norm of token + position + segment embeddings: ids [b, n], segments [b, n, 1] (1 at
 * tokens of the second segment) → [b, n, hidden].
 */
const embedPairs = modelPart(
  [...embeddingNames, segmentEmbedding],
  (weights, _, [ids, segments]) => {
    const second = given(segments).mul(weights(segmentEmbedding)); // [b, n, hidden]
    return norm(weights, "embedding.norm", tokensAndPositions(weights, given(ids)).add(second));
  },
);

function tokensAndPositions(weights: Weights, ids: Tensor): Tensor {
  const length = ids.shape[1] ?? 0; // n
  const tokens = embedding(weights("embedding.token.weight"), ids); // [b, n, hidden]
  const table = weights("embedding.position.weight"); // [longest, hidden]
  return tokens.add(table.shape[0] === length ? table : table.slice(0, length)); // [b, n, hidden]
}

const headNames = [
  ...namesOf("mlm.dense"),
  ...namesOf("mlm.norm"),
  "embedding.token.weight",
  "mlm.decoder.bias",
];

/**
 * Masked-LM head at chosen tokens only: x [b, n, hidden], places [p] (int32) among the b · n →
 * logits [p, vocabulary]. A dense layer, GELU and norm, then the token embedding as decoder.
 */
export const maskedLogits = modelPart(headNames, logitsAt);

/**
 * Masked-LM loss: x [b, n, hidden], places [p] among the b · n and targets [p] (both int32) → mean
 * cross-entropy in nats.
 */
export const maskedLoss = modelPart(headNames, (weights, inputs, [places, targets]) =>
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

/** Mean cross-entropy in nats: logits [p, classes], labels [p] (int32) → scalar. */
function loss(logits: Tensor, labels: Tensor): Tensor {
  return crossEntropy(logits, labels, tf.ones(labels.shape));
}
