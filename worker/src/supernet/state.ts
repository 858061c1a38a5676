import { OpnasError, type ModelSize } from "@opnas/core";
import { initialWeights, type Branch } from "../model/parameters.js";
import { tensorNamed, type Tensors } from "../model/tensors.js";
import { GradientSum, newAdam, type AdamState } from "../training/adam.js";
import { superNetParameters } from "./parameters.js";

/** All that training needs to go on as if it had never been interrupted. */
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

const meanPrefix = "adam.mean.";
const meanSquarePrefix = "adam.meanSquare.";

/** The state as named tensors: weights under their own names; a copy. */
export function saveState({ weights, adam, step, trained, skipped }: SuperNetState): Tensors {
  return new Map([
    ...copied(weights, ""),
    ...copied(adam.mean, meanPrefix),
    ...copied(adam.meanSquare, meanSquarePrefix),
    ["training.progress", vector([step, adam.step, skipped])],
    ["training.trained.attention", vector(trained.attention)],
    ["training.trained.conv", vector(trained.conv)],
  ]);
}

/** @throws OpnasError CORRUPT_ARTIFACT if anything is missing or of another size */
export function loadState(tensors: Tensors, size: ModelSize): SuperNetState {
  const take = (prefix: string): Tensors =>
    new Map(
      superNetParameters(size).map(({ name, shape }) => {
        const found = tensorNamed(tensors, `${prefix}${name}`);
        if (found.shape.join() !== shape.join()) {
          throw new OpnasError(
            "CORRUPT_ARTIFACT",
            `The checkpoint's "${prefix}${name}" has the shape [${found.shape.join(", ")}], not [${shape.join(", ")}].`,
          );
        }
        return [name, { shape, data: found.data.slice() }];
      }),
    );
  const numbers = (name: string) => [...tensorNamed(tensors, `training.${name}`).data];
  const [step = 0, adamSteps = 0, skipped = 0] = numbers("progress");
  return {
    weights: take(""),
    adam: { step: adamSteps, mean: take(meanPrefix), meanSquare: take(meanSquarePrefix) },
    summed: new GradientSum(),
    step,
    trained: { attention: numbers("trained.attention"), conv: numbers("trained.conv") },
    skipped,
  };
}

function copied(tensors: Tensors, prefix: string) {
  return [...tensors].map(
    ([name, { shape, data }]) => [`${prefix}${name}`, { shape, data: data.slice() }] as const,
  );
}

/** Counts as a tensor: float32 holds integers exactly up to 2²⁴. */
function vector(counts: readonly number[]) {
  return { shape: [counts.length], data: Float32Array.from(counts) };
}
