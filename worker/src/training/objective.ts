import type { HostTensor } from "../engine/hostTensor.js";
import type { Tensor } from "../engine/tf.js";
import type { MaskedSequences } from "../batches/masked.js";
import type { MaskedPairs } from "../batches/sentencePairs.js";
import type { Backbone } from "../model/backbone.js";
import type { Weights } from "../model/tensors.js";
import { maskedLossOf, maskedNumbers } from "./maskedLanguage.js";
import { pairLosses, pairNames, pairNumbers } from "./nextSentence.js";

/** What a model is trained for by batches of one kind. */
export interface Objective {
  /** Of the weights that the losses depend on. */
  names: readonly string[];
  /** Losses in nats, [] or [k], of a batch's numbers on the engine; their sum is learned from. */
  losses: (weights: Weights, numbers: readonly Tensor[]) => Tensor;
}

/** A batch of masked sequences, or of masked sentence pairs. */
export type Batch = MaskedSequences | MaskedPairs;
type Kind = "masked" | "pairs";

export function kindOf(batch: Batch): Kind {
  return "follows" in batch ? "pairs" : "masked";
}

/** Masked language modelling: one loss. */
export function maskedLanguage(backbone: Backbone): Objective {
  return {
    names: backbone.parameters.map(({ name }) => name),
    losses: (weights, numbers) => maskedLossOf(backbone, weights, numbers),
  };
}

/** Masked language modelling and next-sentence prediction: two losses, in this order. */
function sentencePairs(backbone: Backbone): Objective {
  return {
    names: [...backbone.parameters.map(({ name }) => name), ...pairNames],
    losses: (weights, numbers) => pairLosses(backbone, weights, numbers),
  };
}

export const objectives: Record<Kind, (backbone: Backbone) => Objective> = {
  masked: maskedLanguage,
  pairs: sentencePairs,
};

/** A batch's numbers, as its objective reads them. */
export function numbersOf(batch: Batch): HostTensor[] {
  return "follows" in batch ? pairNumbers(batch) : maskedNumbers(batch);
}
