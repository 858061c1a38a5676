import { segmentsOf } from "../text/sequences.js";
import type { HostTensor } from "../engine/hostTensor.js";
import { tf, type Tensor } from "../engine/tf.js";
import { maskedLoss, nextSentenceLoss, type Backbone } from "../model/backbone.js";
import { asBatch } from "../model/batch.js";
import { namesOf, segmentEmbedding } from "../model/parameters.js";
import { given } from "../model/part.js";
import type { Weights } from "../model/tensors.js";
import type { MaskedPairs } from "../batches/sentencePairs.js";

/** Of the parameters beside the backbone's (`pairParameters`). */
export const pairNames = [segmentEmbedding, ...namesOf("pooler"), ...namesOf("nextSentence")];

/** A batch's numbers: ids [b, n], positions and targets [p], segments [b, n, 1], follows [b]. */
export function pairNumbers(batch: MaskedPairs): HostTensor[] {
  const { ids, positions, targets, follows, size, length } = batch;
  const hidden = [targets.length];
  return [
    { shape: [size, length], data: ids },
    { shape: hidden, data: positions },
    { shape: hidden, data: targets },
    { shape: [size, length, 1], data: segmentsOf(ids, size, length) },
    { shape: [size], data: follows },
  ];
}

/**
 * Mean cross-entropies in nats, [2], of the hidden tokens and of whether the second sentence follows
 * the first, of a batch on the engine (`pairNumbers`); pairs have no padding.
 */
export function pairLosses(
  backbone: Backbone,
  weights: Weights,
  [ids, positions, targets, segments, follows]: readonly Tensor[],
): Tensor {
  const batch = { ...asBatch(given(ids)), segments: given(segments) };
  const states = backbone.encode(weights, batch);
  return tf.stack([
    maskedLoss(weights, [states], [given(positions), given(targets)]),
    nextSentenceLoss(weights, [states], [given(follows)]),
  ]);
}
