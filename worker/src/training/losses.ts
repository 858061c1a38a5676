/**
 * From a batch to its losses: masked language modelling (docs/paper.md §4, §5), and next-sentence
 * prediction where the batch holds pairs of sentences. Shapes: b sequences, n tokens each, p hidden
 * tokens in the whole batch.
 */
import type { MaskedSequences } from "../batches/masked.js";
import type { MaskedPairs } from "../batches/sentencePairs.js";
import type { HostTensor } from "../engine/hostTensor.js";
import { tf, type Tensor } from "../engine/tf.js";
import { type Backbone } from "../model/backbone.js";
import { maskedLogits, maskedLoss, nextSentenceLoss } from "../model/taskHeads.js";
import { asBatch, paddingMaskOf, tokenBatch } from "../model/batch.js";
import { namesOf, segmentEmbedding } from "../model/parameters.js";
import { given } from "../model/part.js";
import { onEngine, type Weights } from "../model/tensors.js";
import { segmentsOf } from "../text/sequences.js";

/** A batch that a model is trained on: masked sequences, or masked pairs of sentences. */
export type TrainingBatch = MaskedSequences | MaskedPairs;

/** A model's training objective on batches of one kind. */
export interface Objective {
  kind: "masked" | "pairs";
  /** Names of the parameters that the losses depend on. */
  names: readonly string[];
  /** Losses in nats, [] or [2], of a batch's tensors (`batchTensors`); their sum is minimised. */
  losses: (weights: Weights, batch: readonly Tensor[]) => Tensor;
}

/** The objective that a batch asks for: by its form, masked sequences or sentence pairs. */
export function objectiveOf(batch: TrainingBatch, backbone: Backbone): Objective {
  return kindOf(batch) === "pairs" ? sentencePairs(backbone) : maskedLanguage(backbone);
}

/** The kind of a batch: with next-sentence labels it is one of pairs. */
export function kindOf(batch: TrainingBatch): Objective["kind"] {
  return "follows" in batch ? "pairs" : "masked";
}

/** Masked language modelling: one loss. */
export function maskedLanguage(backbone: Backbone): Objective {
  return {
    kind: "masked",
    names: backbone.parameters.map(({ name }) => name),
    losses: (weights, [ids, positions, targets, keep]) => {
      const states = backbone.encode(weights, asBatch(given(ids), keep)); // [b, n, hidden]
      return maskedLoss(weights, [states], [given(positions), given(targets)]); // []
    },
  };
}

/** Masked language modelling and next-sentence prediction: two losses, in this order. */
function sentencePairs(backbone: Backbone): Objective {
  const names = backbone.parameters.map(({ name }) => name);
  return {
    kind: "pairs",
    names: [...names, segmentEmbedding, ...namesOf("pooler"), ...namesOf("nextSentence")],
    losses: (weights, [ids, positions, targets, segments, follows]) => {
      const batch = { ...asBatch(given(ids)), segments: given(segments) };
      const states = backbone.encode(weights, batch); // [b, n, hidden]
      return tf.stack([
        maskedLoss(weights, [states], [given(positions), given(targets)]),
        nextSentenceLoss(weights, [states], [given(follows)]),
      ]); // [2]
    },
  };
}

/**
 * A batch's arrays in the order in which its objective reads them: ids [b, n], positions [p] and
 * targets [p]; then for pairs the segments [b, n, 1] and the labels [b], for sequences with padding
 * the padding mask [b, n].
 */
export function batchTensors(batch: TrainingBatch): HostTensor[] {
  const { ids, positions, targets, size, length } = batch;
  const [tokens, hidden] = [[size, length], [targets.length]];
  const common = [
    { shape: tokens, data: ids },
    { shape: hidden, data: positions },
    { shape: hidden, data: targets },
  ];
  if ("follows" in batch) {
    const segments = { shape: [size, length, 1], data: segmentsOf(ids, size, length) };
    return [...common, segments, { shape: [size], data: batch.follows }];
  }
  const keep = paddingMaskOf(ids);
  return keep ? [...common, { shape: tokens, data: keep }] : common;
}

/** Mean cross-entropy of a batch's hidden tokens, in nats: []. */
export function maskedLanguageLoss(
  backbone: Backbone,
  weights: Weights,
  batch: MaskedSequences,
): Tensor {
  return maskedLanguage(backbone).losses(weights, batchTensors(batch).map(onEngine));
}

/** Logits [p, vocabulary] of a batch's hidden tokens. */
export function maskedTokenLogits(
  backbone: Backbone,
  weights: Weights,
  { ids, positions, size, length }: Omit<MaskedSequences, "targets">,
): Tensor {
  const states = backbone.encode(weights, tokenBatch(ids, size, length)); // [b, n, hidden]
  return maskedLogits(weights, [states], [tf.tensor1d(positions, "int32")]);
}
