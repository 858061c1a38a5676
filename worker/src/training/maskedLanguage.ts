import type { MaskedSequences } from "../batches/masked.js";
import type { HostTensor } from "../engine/hostTensor.js";
import { tf, type Tensor } from "../engine/tf.js";
import { maskedLogits, maskedLoss, type Backbone } from "../model/backbone.js";
import { asBatch, paddingMaskOf, tokenBatch } from "../model/batch.js";
import { given } from "../model/part.js";
import { onEngine, type Weights } from "../model/tensors.js";

/** Logits [p, vocabulary] of the hidden tokens of a batch. */
export function hiddenTokenLogits(
  backbone: Backbone,
  weights: Weights,
  { ids, positions, size, length }: Omit<MaskedSequences, "targets">,
): Tensor {
  const states = backbone.encode(weights, tokenBatch(ids, size, length));
  return maskedLogits(weights, [states], [tf.tensor1d(positions, "int32")]);
}

/** A batch's numbers: ids [b, n], positions and targets [p], and, where padded, which to keep [b, n]. */
export function maskedNumbers({
  ids,
  positions,
  targets,
  size,
  length,
}: MaskedSequences): HostTensor[] {
  const [tokens, hidden] = [[size, length], [targets.length]];
  const keep = paddingMaskOf(ids);
  return [
    { shape: tokens, data: ids },
    { shape: hidden, data: positions },
    { shape: hidden, data: targets },
    ...(keep ? [{ shape: tokens, data: keep }] : []),
  ];
}

/** Mean cross-entropy of the hidden tokens, in nats, of a batch on the engine (`maskedNumbers`). */
export function maskedLossOf(
  backbone: Backbone,
  weights: Weights,
  [ids, positions, targets, keep]: readonly Tensor[],
): Tensor {
  const states = backbone.encode(weights, asBatch(given(ids), keep));
  return maskedLoss(weights, [states], [given(positions), given(targets)]);
}

/** Mean cross-entropy of the hidden tokens of a batch, in nats. */
export function maskedLanguageLoss(
  backbone: Backbone,
  weights: Weights,
  batch: MaskedSequences,
): Tensor {
  return maskedLossOf(backbone, weights, maskedNumbers(batch).map(onEngine));
}
