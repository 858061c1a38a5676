import type { Architecture, PretrainSettings } from "@opnas/core";
import {
  branchOf,
  backboneParameters,
  initialWeights,
  pairParameters,
} from "../model/parameters.js";
import { tensorNamed, type Tensors } from "../model/tensors.js";
import { newAdam } from "../training/adam.js";
import { loadTraining, saveTraining, vector } from "../training/checkpoints.js";
import { GradientSum, type ModelState } from "../training/step.js";
import { LossCurve } from "./lossCurve.js";

/** Everything that a full pre-training needs to resume as if it had never been interrupted. */
export interface PretrainState extends ModelState {
  /** Steps done. */
  step: number;
  curve: LossCurve;
}

function parametersOf(architecture: Architecture, { size }: PretrainSettings) {
  return [...backboneParameters(size, architecture.layers.map(branchOf)), ...pairParameters(size)];
}

/** A pre-training before its first step. */
export function newState(
  architecture: Architecture,
  settings: PretrainSettings,
  seed: number,
): PretrainState {
  const weights = initialWeights(parametersOf(architecture, settings), seed);
  const curve = new LossCurve(settings);
  return { weights, adam: newAdam(weights), summed: new GradientSum(), step: 0, curve };
}

/** Copies the state into named tensors, weights under their own names. */
export function saveState({ weights, adam, step, curve }: PretrainState): Tensors {
  return new Map([
    ...saveTraining(weights, adam),
    ["training.progress", vector([step, adam.step])],
    ["training.curve", curve.save()],
  ]);
}

/**
 * Restores what `saveState` saved.
 * @throws OpnasError CORRUPT_ARTIFACT if anything is missing or of another size
 */
export function loadState(
  tensors: Tensors,
  architecture: Architecture,
  settings: PretrainSettings,
): PretrainState {
  const { weights, adam } = loadTraining(tensors, parametersOf(architecture, settings));
  const [step = 0, adamSteps = 0] = tensorNamed(tensors, "training.progress").data;
  return {
    weights,
    adam: { step: adamSteps, ...adam },
    summed: new GradientSum(),
    step,
    curve: new LossCurve(settings, tensorNamed(tensors, "training.curve")),
  };
}
