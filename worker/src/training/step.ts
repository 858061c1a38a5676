import { hostLoops } from "../engine/hostLoops.js";
import type { Tensors } from "../model/tensors.js";
import { adamStep, clip, type AdamState, type GradientSum } from "./adam.js";
import type { Crew } from "./gradientThreads.js";
import type { Learned, Lesson } from "./lesson.js";
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
 * @param weightDecay see `adamStep`
 * @returns the mean losses in nats, each and their sum
 * @throws DivergedError when a loss or a gradient is not finite
 */
export function trainStep(
  crew: Crew,
  { weights, adam, summed }: ModelState,
  lessons: readonly Lesson[],
  learningRate: number,
  weightDecay = 0,
): Pick<Learned, "loss" | "losses"> {
  summed.clear();
  const all: (readonly number[])[] = [];
  for (const { losses, gradients } of crew.learn(lessons)) {
    summed.add(gradients);
    all.push(losses);
  }
  const mean = summed.gradients;
  for (const gradient of mean.values()) hostLoops.scale(gradient, 1 / lessons.length);
  const losses = (all[0] ?? []).map((_, at) => meanOf(all.map((each) => each[at] ?? NaN)));
  const loss = losses.reduce((sum, each) => sum + each, 0);
  if (!Number.isFinite(loss) || !clip(mean)) throw new DivergedError();
  adamStep(weights, mean, adam, learningRate, weightDecay);
  return { loss, losses };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
