import { hostLoops } from "../engine/hostLoops.js";
import type { Tensors } from "../model/tensors.js";
import { adamStep, clip, type AdamState, type GradientSum } from "./adam.js";
import type { Crew } from "./crew.js";
import type { Lesson } from "./lesson.js";
import { DivergedError } from "./watch.js";

/** A model in training. */
export interface ModelState {
  weights: Tensors;
  adam: AdamState;
  summed: GradientSum;
}

/**
 * One step of one model, in place: the mean gradient of the lessons, parts of equal size of a batch,
 * is clipped and Adam takes one step.
 *
 * @returns the mean loss in nats
 * @throws DivergedError when a loss or a gradient is not finite
 */
export function trainStep(
  crew: Crew,
  { weights, adam, summed }: ModelState,
  lessons: readonly Lesson[],
  learningRate: number,
): number {
  summed.clear();
  let sum = 0;
  for (const { loss, gradients } of crew.learn(lessons)) {
    summed.add(gradients);
    sum += loss;
  }
  const mean = summed.gradients;
  for (const gradient of mean.values()) hostLoops.scale(gradient, 1 / lessons.length);
  if (!Number.isFinite(sum) || !clip(mean)) throw new DivergedError();
  adamStep(weights, mean, adam, learningRate);
  return sum / lessons.length;
}
