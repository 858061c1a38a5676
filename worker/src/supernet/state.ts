import { graphInputs, type ModelSize } from "@opnas/core";
import {
  branchParameters,
  sharedParameters,
  type Parameter,
  initialWeights,
  type Branch,
} from "../model/parameters.js";
import { tensorNamed, type Tensors } from "../model/tensors.js";
import { newAdam, type AdamState } from "../training/optimizer.js";
import { GradientSum } from "../training/step.js";
import { loadTraining, saveTraining, vector } from "../training/checkpoints.js";

/** The longest convolution kernel; shorter ones use its middle. */
const longestKernel = 65;

/**
 * Lists the super-net's parameters (docs/paper.md §4): in every layer both branches, attention with all four
 * projections and convolution with the longest kernel, each with norms and feed-forward of its
 * own. Names are those of a candidate, so that inheriting is looking up.
 */
export function superNetParameters(size: ModelSize): Parameter[] {
  return [
    ...sharedParameters(size),
    ...Array.from({ length: size.layers }, (_, index) => [
      ...branchParameters(size, index, { kind: "attention", inputs: graphInputs }),
      ...branchParameters(size, index, { kind: "conv", kernelSize: longestKernel }),
    ]).flat(),
  ];
}

/** Everything that a training needs to resume as if it had never been interrupted. */
export interface SuperNetState {
  weights: Tensors;
  adam: AdamState;
  /** Gradients of a step's sub-networks; not part of what is saved. */
  summed: GradientSum;
  /** Steps done. */
  step: number;
  /** Per layer, how often each branch was trained. */
  trained: Record<Branch["kind"], number[]>;
  /** Sub-networks left out because their loss or gradient was not finite. */
  skipped: number;
}

/** A super-net before its first step. */
export function newSuperNet(size: ModelSize, seed: number): SuperNetState {
  const weights = initialWeights(superNetParameters(size), seed);
  const zeros = () => Array.from({ length: size.layers }, () => 0);
  return {
    weights,
    adam: newAdam(weights),
    summed: new GradientSum(),
    step: 0,
    trained: { attention: zeros(), conv: zeros() },
    skipped: 0,
  };
}

/**
 * Names the state's tensors, weights under their own names. They share their memory with the
 * training: they hold until its next step.
 */
export function saveState(state: SuperNetState): Tensors {
  return new Map([...saveTraining(state.weights, state.adam), ...counts(state)]);
}

/**
 * Names the tensors of a trained super-net: its weights, which candidates inherit, and how often each
 * branch was trained. Adam's means, twice the size of the weights, are of no more use.
 */
export function trainedTensors(state: SuperNetState): Tensors {
  return new Map([...state.weights, ...counts(state)]);
}

function counts({ adam, step, trained, skipped }: SuperNetState) {
  return [
    ["training.progress", vector([step, adam.step, skipped])],
    ["training.trained.attention", vector(trained.attention)],
    ["training.trained.conv", vector(trained.conv)],
  ] as const;
}

/**
 * Restores what `saveState` saved; the state takes the tensors' memory over.
 * @throws OpnasError CORRUPT_ARTIFACT if anything is missing or of another size
 */
export function loadState(tensors: Tensors, size: ModelSize): SuperNetState {
  const { weights, adam } = loadTraining(tensors, superNetParameters(size));
  const numbers = (name: string) => numbersOf(tensors, name);
  const [step = 0, adamSteps = 0, skipped = 0] = numbers("progress");
  return {
    weights,
    adam: { step: adamSteps, ...adam },
    summed: new GradientSum(),
    step,
    trained: { attention: numbers("trained.attention"), conv: numbers("trained.conv") },
    skipped,
  };
}

/**
 * Reads from what `saveState` saved how many sub-networks were left out.
 * @throws OpnasError CORRUPT_ARTIFACT if that is missing
 */
export function skippedIn(tensors: Tensors): number {
  return numbersOf(tensors, "progress")[2] ?? 0;
}

function numbersOf(tensors: Tensors, name: string): number[] {
  return [...tensorNamed(tensors, `training.${name}`).data];
}
