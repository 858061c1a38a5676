import { stream, type SearchSettings } from "@opnas/core";
import { batchRows } from "../data/batches.js";
import { maskBatch, type MaskedBatch } from "../data/masking.js";
import { gatherRows } from "../data/sequences.js";
import type { PreparedData } from "../data/types.js";
import { tf, type Tensor } from "../engine/tf.js";
import { maskedLogits, maskedLoss, type Backbone } from "../model/backbone.js";
import { tokenBatch } from "../model/batch.js";
import type { Weights } from "../model/tensors.js";

/** Sequences [size × length] with some tokens hidden. */
export interface MaskedSequences extends MaskedBatch {
  size: number;
  length: number;
}

/** The batch of each pre-training step; it follows from (seed, purpose, step) alone. */
export function maskedBatches(
  { masking, size: { vocabulary } }: SearchSettings,
  { pretrain }: PreparedData,
  size: number,
  seed: number,
  purpose: string,
): (step: number) => MaskedSequences {
  const rows = batchRows(pretrain.count, size, seed, `${purpose}: batches`);
  return (step) => {
    const random = stream(seed, `${purpose}: masks`, step);
    const masked = maskBatch(random, gatherRows(pretrain, rows(step)), masking, vocabulary);
    return { ...masked, size, length: pretrain.length };
  };
}

/** Logits [p, vocabulary] of the hidden tokens of a batch. */
export function hiddenTokenLogits(
  backbone: Backbone,
  weights: Weights,
  { ids, positions, size, length }: Omit<MaskedSequences, "targets">,
): Tensor {
  const states = backbone.encode(weights, tokenBatch(ids, size, length));
  return maskedLogits(weights, [states], [tf.tensor1d(positions, "int32")]);
}

/** Mean cross-entropy of the hidden tokens of a batch, in nats. */
export function maskedLanguageLoss(
  backbone: Backbone,
  weights: Weights,
  { ids, positions, targets, size, length }: MaskedSequences,
): Tensor {
  const states = backbone.encode(weights, tokenBatch(ids, size, length));
  const constants = [tf.tensor1d(positions, "int32"), tf.tensor1d(targets, "int32")];
  return maskedLoss(weights, [states], constants);
}
