import { hostLoops } from "../engine/hostLoops.js";
import { tensorNamed, type Tensors } from "../model/tensors.js";
import type { Gradients } from "./gradients.js";

/** Decay of the mean gradient and of its mean square (decision 0019). */
const [decay, squareDecay] = [0.9, 0.98];
const epsilon = 1e-8;

/** Adam's memory: how many steps, and per parameter the two running means. */
export interface AdamState {
  step: number;
  mean: Tensors;
  meanSquare: Tensors;
}

/** Adam's memory before the first step: zeros for every weight. */
export function newAdam(weights: Tensors): AdamState {
  const zeros = (): Tensors =>
    new Map(
      [...weights].map(([name, { shape, data }]) => [
        name,
        { shape, data: new Float32Array(data.length) },
      ]),
    );
  return { step: 0, mean: zeros(), meanSquare: zeros() };
}

/**
 * Takes one Adam step (Kingma & Ba 2015) in place. Parameters without a gradient stay as they are.
 * It works on the process's own arrays: no slower than the engine's operations would be at the
 * sizes of a search, and every bit of the state is at hand for a checkpoint.
 *
 * @param weightDecay share of each weight, by unit of learning rate, that is taken off beside the
 *   step (Loshchilov & Hutter 2019); not of biases and norms
 */
export function adamStep(
  weights: Tensors,
  gradients: Gradients,
  state: AdamState,
  learningRate: number,
  weightDecay = 0,
): void {
  state.step++;
  const unbiased = Math.sqrt(1 - squareDecay ** state.step) / (1 - decay ** state.step);
  for (const [name, gradient] of gradients) {
    const weight = tensorNamed(weights, name).data;
    if (weightDecay > 0 && decays(name)) hostLoops.scale(weight, 1 - learningRate * weightDecay);
    hostLoops.adam(
      weight,
      gradient,
      tensorNamed(state.mean, name).data,
      tensorNamed(state.meanSquare, name).data,
      decay,
      squareDecay,
      learningRate * unbiased,
      epsilon * Math.sqrt(1 - squareDecay ** state.step),
    );
  }
}

/** Returns whether weight decay applies: as in BERT, not to biases nor to the gains of norms. */
function decays(name: string): boolean {
  return !name.endsWith(".bias") && !name.endsWith("norm.weight");
}

/**
 * The learning rate of a step (from 0): rises in a line to `peak` over the first `warmup` share (0–1)
 * of the steps, then falls in a line towards 0.
 */
export function learningRateAt(step: number, steps: number, peak: number, warmup: number): number {
  const rising = Math.max(1, Math.round(steps * warmup));
  return step < rising
    ? (peak * (step + 1)) / rising
    : (peak * (steps - step)) / Math.max(1, steps - rising);
}
