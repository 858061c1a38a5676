import { initialWeights, sharedParameters } from "../model/parameters.js";
import type { Model } from "../model/modelFile.js";

/** A model of another program, and what a person should know of it. */
export interface ImportedModel {
  model: Model;
  /** Names of tensors that have no place here. */
  leftOut: string[];
  /** False if a masked-word head was made anew, without training. */
  hasMaskedHead: boolean;
}

/**
 * Completes a model without a masked-word head by one without training, which every file of a model has
 * that is not fine-tuned.
 * @param leftOut names of the checkpoint's tensors that were not read
 */
export function withMaskedHead(model: Model, leftOut: string[]): ImportedModel {
  const { size, weights } = model;
  const hasMaskedHead = weights.has("mlm.dense.weight");
  const head = sharedParameters(size).filter(({ name }) => name.startsWith("mlm."));
  const made = hasMaskedHead ? [] : initialWeights(head, 1);
  return { model: { ...model, weights: new Map([...weights, ...made]) }, leftOut, hasMaskedHead };
}
