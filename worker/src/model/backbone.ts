import type { Architecture, ModelSize } from "@opnas/core";
import { embedding, gelu, linear } from "../engine/composites/index.js";
import { tf, type Tensor } from "../engine/tf.js";
import type { TokenBatch } from "./batch.js";
import { affine, buildLayer, norm } from "./layers.js";
import { backboneParameters, branchOf, type Parameter } from "./parameters.js";
import type { Weights } from "./tensors.js";

/** An architecture ready to run: made once, then called for every batch. */
export interface Backbone {
  parameters: readonly Parameter[];
  /** A batch's hidden states after the last layer, as rows [b·n, hidden]. */
  encode(weights: Weights, batch: TokenBatch): Tensor;
}

/** The backbone of an architecture that `checkArchitecture` passed. */
export function buildBackbone(size: ModelSize, architecture: Architecture): Backbone {
  const layers = architecture.layers.map((layer, index) => buildLayer(size, index, layer));
  return {
    parameters: backboneParameters(size, architecture.layers.map(branchOf)),
    encode: (weights, batch) =>
      layers.reduce((x, layer) => layer(weights, x, batch), embed(weights, batch)),
  };
}

/** Token + position embeddings, normalised: ids [b, n] → rows [b·n, hidden]. */
function embed(weights: Weights, { ids, length }: TokenBatch): Tensor {
  const tokens = embedding(weights("embedding.token.weight"), ids); // [b, n, hidden]
  const table = weights("embedding.position.weight"); // [longest, hidden]
  const positions = table.shape[0] === length ? table : table.slice(0, length);
  const sum = tokens.add(positions);
  return norm(weights, "embedding.norm", sum.reshape([-1, table.shape[1] ?? 0]));
}

/**
 * Masked-LM head at chosen rows only: x [b·n, hidden], rows [p] (int32) → logits
 * [p, vocabulary]. Dense, GELU, norm, then the token embedding as decoder.
 */
export function maskedLogits(weights: Weights, x: Tensor, rows: Tensor): Tensor {
  const chosen = embedding(x, rows); // [p, hidden]
  const features = norm(weights, "mlm.norm", gelu(affine(weights, "mlm.dense", chosen)));
  const decoder = weights("embedding.token.weight"); // [vocabulary, hidden]
  return linear(features, decoder, weights("mlm.decoder.bias"), true);
}

/** What a classification head sees of each sequence: [CLS] and the mean of all tokens. */
export function pooled(x: Tensor, { size, length, padding }: TokenBatch): Tensor {
  const states = x.reshape([size, length, -1]); // [b, n, hidden]
  const first = states.slice([0, 0, 0], [size, 1, -1]).reshape([size, -1]);
  if (!padding) return tf.concat([first, states.mean(1)], 1); // [b, 2·hidden]
  const tokens = padding.keep.expandDims(2); // [b, n, 1]
  const mean = states.mul(tokens).sum(1).div(padding.keep.sum(1, true));
  return tf.concat([first, mean], 1);
}
