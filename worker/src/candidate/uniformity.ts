import { padId, type Sequences } from "../text/types.js";
import { floats } from "../engine/hostTensor.js";
import { inScope, tf, type Tensor } from "../engine/tf.js";
import type { Backbone } from "../model/backbone.js";
import { tokenBatch } from "../model/batch.js";
import { upload, weightsOf, type Tensors, type Weights } from "../model/tensors.js";
import { rowsAtOnce } from "../training/scoringBatch.js";

/** Held-out sequences that token uniformity is measured on: the first of the test text. */
const sequencesMeasured = 64;

/**
 * Measures token uniformity by layer (docs/paper.md §6): how alike a model's hidden states make the tokens of a
 * sequence. For the embedding and for each layer, the mean cosine similarity between the states of
 * two different tokens of one sequence, over all such pairs and then over the first 64 sequences.
 * [CLS] and [SEP] are tokens like others, padding is none.
 *
 * @returns layers + 1 numbers from −1 to 1; null if any is not finite
 */
export function tokenUniformity(
  backbone: Backbone,
  weights: Tensors,
  sequences: Sequences,
): number[] | null {
  const { length } = sequences;
  const count = Math.min(sequencesMeasured, sequences.count);
  const atOnce = rowsAtOnce(length);
  const byLayer: number[] = [];
  const uploaded = upload(
    weights,
    backbone.parameters.map(({ name }) => name),
  );
  try {
    for (let start = 0; start < count; start += atOnce) {
      const rows = Math.min(atOnce, count - start);
      const ids = sequences.ids.subarray(start * length, (start + rows) * length);
      const add = (layer: number, mean: number) => {
        byLayer[layer] = (byLayer[layer] ?? 0) + (mean * rows) / count;
      };
      inScope(() => addSimilarities(backbone, weightsOf(uploaded), ids, rows, add));
    }
    return byLayer.every(Number.isFinite) ? byLayer : null;
  } finally {
    tf.dispose([...uploaded.values()]);
  }
}

/** Calls `add` with the mean over rows of ids [rows × length] for each layer, 0 for the embedding. */
function addSimilarities(
  backbone: Backbone,
  weights: Weights,
  ids: Int32Array,
  rows: number,
  add: (layer: number, mean: number) => void,
): void {
  const length = ids.length / rows;
  const isKept = Float32Array.from(ids, (id) => Number(id !== padId));
  const keep = tf.tensor2d(isKept, [rows, length]);
  let layer = 0;
  backbone.visitStates(weights, tokenBatch(ids, rows, length), (states) => {
    add(
      layer++,
      inScope(() => floats(meanSimilarity(states, keep))[0] ?? NaN),
    );
  });
}

/**
 * Returns the mean cosine similarity [] between different kept rows of states [b, n, hidden], by sequence, then
 * over the sequences. With u the rows at length 1, the sum over all pairs i ≠ j of u_i · u_j is
 * |Σ u_i|² − Σ |u_i|². A sequence needs two kept rows.
 */
export function meanSimilarity(states: Tensor, keep: Tensor): Tensor {
  const lengths = states.square().sum(2, true).sqrt().maximum(1e-12); // [b, n, 1]
  const rows = states.div(lengths).mul(keep.expandDims(2)); // [b, n, hidden]
  const together = rows.sum(1).square().sum(1); // [b]
  const alone = rows.square().sum([1, 2]);
  const tokens = keep.sum(1);
  return together
    .sub(alone)
    .div(tokens.mul(tokens.sub(1)))
    .mean();
}
