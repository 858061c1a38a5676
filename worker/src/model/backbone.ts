import { type Architecture, type ModelSize, normEpsilonOf } from "@opnas/core";
import { embedding } from "../engine/composites.js";
import type { Tensor } from "../engine/tf.js";
import type { TokenBatch } from "./batch.js";
import { buildLayer, norm, once, type Reuse } from "./layers.js";
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
   * Calls `visit` with the hidden states [b, n, hidden] after the embedding and after each layer,
   * which are freed when the next ones are there.
   */
  visitStates(weights: Weights, batch: TokenBatch, visit: (states: Tensor) => void): void;
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
  const embedded = embeddings(normEpsilonOf(size));
  return {
    parameters: backboneParameters(size, architecture.layers.map(branchOf)),
    encode: (weights, batch) =>
      layers.reduce((x, layer) => layer(weights, x, batch), embedded(weights, batch)),
    visitStates: (weights, batch, visit) => {
      let states = embedded(weights, batch);
      visit(states);
      for (const layer of layers) {
        const next = layer(weights, states, batch);
        states.dispose();
        states = next;
        visit(states);
      }
    },
    release: () => layers.forEach((layer) => layer.release?.()),
  };
}

const embeddingNames = [
  "embedding.token.weight",
  "embedding.position.weight",
  ...namesOf("embedding.norm"),
];

/**
 * Returns the embedding of batches: the norm of token + position embeddings, ids [b, n] → [b, n,
 * hidden]; with segments [b, n, 1] (1 at tokens of the second segment) also of segment embeddings.
 */
function embeddings(epsilon: number): (weights: Weights, batch: TokenBatch) => Tensor {
  const normed = (weights: Weights, sum: Tensor) => norm(weights, "embedding.norm", sum, epsilon);
  const embed = once(`embed ${epsilon.toString()}`, () =>
    modelPart(embeddingNames, (weights, _, [ids]) =>
      normed(weights, tokensAndPositions(weights, given(ids))),
    ),
  );
  const embedPairs = once(`embed pairs ${epsilon.toString()}`, () =>
    modelPart([...embeddingNames, segmentEmbedding], (weights, _, [ids, segments]) => {
      const second = given(segments).mul(weights(segmentEmbedding)); // [b, n, hidden]
      return normed(weights, tokensAndPositions(weights, given(ids)).add(second));
    }),
  );
  return (weights, { ids, segments }) =>
    segments ? embedPairs(weights, [], [ids, segments]) : embed(weights, [], [ids]);
}

function tokensAndPositions(weights: Weights, ids: Tensor): Tensor {
  const length = ids.shape[1] ?? 0; // n
  const tokens = embedding(weights("embedding.token.weight"), ids); // [b, n, hidden]
  const table = weights("embedding.position.weight"); // [longest, hidden]
  return tokens.add(table.shape[0] === length ? table : table.slice(0, length)); // [b, n, hidden]
}
