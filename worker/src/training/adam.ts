import { tensorNamed, type Tensors } from "../model/tensors.js";

/** Gradients by parameter name; a parameter that a step did not use has none. */
export type Gradients = Map<string, Float32Array>;

/** Decay of the mean gradient and of its mean square (the pilot's; docs/decisions). */
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
 * Plain loops over the process's own arrays: as fast as the engine's operations would be at the
 * sizes of a search, and every bit of the state is at hand for a checkpoint.
 */
export function adamStep(
  weights: Tensors,
  gradients: Gradients,
  state: AdamState,
  learningRate: number,
): void {
  state.step++;
  const unbiased = Math.sqrt(1 - squareDecay ** state.step) / (1 - decay ** state.step);
  for (const [name, gradient] of gradients) {
    update(
      tensorNamed(weights, name).data,
      gradient,
      tensorNamed(state.mean, name).data,
      tensorNamed(state.meanSquare, name).data,
      learningRate * unbiased,
      epsilon * Math.sqrt(1 - squareDecay ** state.step),
    );
  }
}

/**
 * Shortens the gradients in place, as one vector, to a length of at most 1.
 * @returns false, and changes nothing, if any of them is not finite
 */
export function clip(gradients: Gradients): boolean {
  let sum = 0;
  for (const gradient of gradients.values()) {
    for (let i = 0; i < gradient.length; i++) {
      const g = gradient[i] ?? 0;
      sum += g * g;
    }
  }
  const length = Math.sqrt(sum);
  if (!Number.isFinite(length)) return false;
  if (length <= 1) return true;
  for (const gradient of gradients.values()) {
    for (let i = 0; i < gradient.length; i++) gradient[i] = (gradient[i] ?? 0) / length;
  }
  return true;
}

/** Adds `more` to `gradients`, taking over arrays of parameters that had none. */
export function addGradients(gradients: Gradients, more: Gradients): void {
  for (const [name, gradient] of more) {
    const sum = gradients.get(name);
    if (!sum) gradients.set(name, gradient);
    else for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (gradient[i] ?? 0);
  }
}

function update(
  weight: Float32Array,
  gradient: Float32Array,
  mean: Float32Array,
  meanSquare: Float32Array,
  rate: number,
  epsilon: number,
): void {
  for (let i = 0; i < weight.length; i++) {
    const g = gradient[i] ?? 0;
    const m = (mean[i] ?? 0) * decay + g * (1 - decay);
    const v = (meanSquare[i] ?? 0) * squareDecay + g * g * (1 - squareDecay);
    mean[i] = m;
    meanSquare[i] = v;
    weight[i] = (weight[i] ?? 0) - (rate * m) / (Math.sqrt(v) + epsilon);
  }
}

/** Rises to `peak` over the first `warmup` share of the steps, then falls in a line towards 0. */
export function learningRateAt(step: number, steps: number, peak: number, warmup: number): number {
  const rising = Math.max(1, Math.round(steps * warmup));
  return step < rising
    ? (peak * (step + 1)) / rising
    : (peak * (steps - step)) / Math.max(1, steps - rising);
}
