import { hostLoops } from "../engine/hostLoops.js";
import { tensorNamed, type Tensors } from "../model/tensors.js";

/** Gradients by parameter name; a parameter that a step did not use has none. */
export type Gradients = Map<string, Float32Array>;

/** Decay of the mean gradient and of its mean square (docs/decisions/0019). */
const [decay, squareDecay] = [0.9, 0.98];
const epsilon = 1e-8;

/** Adam's memory: how many steps, and per parameter the two running means. */
export interface AdamState {
  step: number;
  mean: Tensors;
  meanSquare: Tensors;
}

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
 * One Adam step (Kingma & Ba 2015) in place. Parameters without a gradient stay as they are.
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

/** As in BERT: not biases, nor the gains of norms. */
function decays(name: string): boolean {
  return !name.endsWith(".bias") && !name.endsWith("norm.weight");
}

/**
 * Shortens the gradients in place, as one vector, to a length of at most 1.
 * @returns false, and changes nothing, if any of them is not finite
 */
export function clip(gradients: Gradients): boolean {
  let sum = 0;
  for (const gradient of gradients.values()) sum += hostLoops.sumOfSquares(gradient);
  const length = Math.sqrt(sum);
  if (!Number.isFinite(length)) return false;
  if (length <= 1) return true;
  for (const gradient of gradients.values()) hostLoops.scale(gradient, 1 / length);
  return true;
}

/** The sum of gradients from several passes; its arrays are used again by every step. */
export class GradientSum {
  /** Of the parameters that any of the passes used. */
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

/** Rises to `peak` over the first `warmup` share of the steps, then falls in a line towards 0. */
export function learningRateAt(step: number, steps: number, peak: number, warmup: number): number {
  const rising = Math.max(1, Math.round(steps * warmup));
  return step < rising
    ? (peak * (step + 1)) / rising
    : (peak * (steps - step)) / Math.max(1, steps - rising);
}
