import { hostLoops } from "../engine/hostLoops.js";
import type { Tensors } from "../model/tensors.js";
import { adamStep, type AdamState } from "./optimizer.js";
import type { Gradients, LossesAndGradients, MicroBatch } from "./gradients.js";
import type { GradientThreads } from "./gradientThreads.js";

/** A model whose loss or gradient is no longer a finite number: a result, not a fault. */
export class DivergedError extends Error {
  override readonly name = "DivergedError";
  constructor() {
    super("The loss is no longer finite.");
  }
}

/** A model in training. */
export interface ModelState {
  weights: Tensors;
  adam: AdamState;
  /** The sum of a step's gradients; not part of what is saved. */
  summed: GradientSum;
}

/**
 * Takes one step of one model, in place: the mean gradient of the micro-batches, parts of equal size
 * of a batch, is clipped and Adam takes one step.
 *
 * @param weightDecay see `adamStep`
 * @returns the mean losses in nats, each and their sum
 * @throws DivergedError when a loss or a gradient is not finite
 */
export function trainStep(
  threads: GradientThreads,
  { weights, adam, summed }: ModelState,
  microBatches: readonly MicroBatch[],
  learningRate: number,
  weightDecay = 0,
): Pick<LossesAndGradients, "loss" | "losses"> {
  summed.clear();
  const all: (readonly number[])[] = [];
  for (const { losses, gradients } of threads.computeGradients(microBatches)) {
    summed.add(gradients);
    all.push(losses);
  }
  const mean = summed.gradients;
  for (const gradient of mean.values()) hostLoops.scale(gradient, 1 / microBatches.length);
  const losses = (all[0] ?? []).map((_, at) => meanOf(all.map((each) => each[at] ?? NaN)));
  const loss = losses.reduce((sum, each) => sum + each, 0);
  applyGradients(weights, adam, { loss, gradients: mean }, learningRate, weightDecay);
  return { loss, losses };
}

/**
 * Updates weights in place by clipped gradients and Adam.
 * @throws DivergedError when the loss or a gradient is not finite; then the weights stay as they are
 */
export function applyGradients(
  weights: Tensors,
  adam: AdamState,
  { loss, gradients }: Pick<LossesAndGradients, "loss" | "gradients">,
  learningRate: number,
  weightDecay = 0,
): void {
  if (!Number.isFinite(loss) || !clipGradients(gradients)) throw new DivergedError();
  adamStep(weights, gradients, adam, learningRate, weightDecay);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The sum of several micro-batches' gradients; its arrays are used again by every step. */
export class GradientSum {
  /** Sums by the names of the parameters that any micro-batch used. */
  readonly gradients: Gradients = new Map();
  private readonly arrays: Gradients = new Map();

  add(more: Gradients): void {
    for (const [name, gradient] of more) {
      const sum = this.gradients.get(name);
      if (sum) hostLoops.add(sum, gradient);
      else this.gradients.set(name, this.copy(name, gradient));
    }
  }

  clear(): void {
    this.gradients.clear();
  }

  private copy(name: string, gradient: Float32Array): Float32Array {
    const array = this.arrays.get(name) ?? new Float32Array(gradient.length);
    array.set(gradient);
    this.arrays.set(name, array);
    return array;
  }
}

/**
 * Scales gradients in place, as one vector, to a norm of at most 1.
 * @returns false, and changes nothing, if any of them is not finite
 */
export function clipGradients(gradients: Gradients): boolean {
  let sum = 0;
  for (const gradient of gradients.values()) sum += hostLoops.sumOfSquares(gradient);
  const norm = Math.sqrt(sum);
  if (!Number.isFinite(norm)) return false;
  if (norm <= 1) return true;
  for (const gradient of gradients.values()) hostLoops.scale(gradient, 1 / norm);
  return true;
}
