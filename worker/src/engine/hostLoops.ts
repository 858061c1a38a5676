/**
 * The optimiser's loops over arrays in the process's own memory; the arrays of a call have one
 * length.
 */
export interface HostLoops {
  /** Returns Σ x². */
  sumOfSquares: (x: Float32Array) => number;
  /** x ← x · factor. */
  scale: (x: Float32Array, factor: number) => void;
  /** x ← x + more. */
  add: (x: Float32Array, more: Float32Array) => void;
  /**
   * Takes one step of Adam (Kingma & Ba 2015) in place: mean ← decay · mean + (1 − decay) ·
   * gradient, meanSquare ← squareDecay · meanSquare + (1 − squareDecay) · gradient², weight ←
   * weight − rate · mean / (√meanSquare + epsilon). `rate` and `epsilon` hold the bias correction
   * already.
   */
  adam: (
    weight: Float32Array,
    gradient: Float32Array,
    mean: Float32Array,
    meanSquare: Float32Array,
    decay: number,
    squareDecay: number,
    rate: number,
    epsilon: number,
  ) => void;
}

const plain: HostLoops = {
  sumOfSquares: (x) => {
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += (x[i] ?? 0) ** 2;
    return sum;
  },
  scale: (x, factor) => {
    for (let i = 0; i < x.length; i++) x[i] = (x[i] ?? 0) * factor;
  },
  add: (x, more) => {
    for (let i = 0; i < x.length; i++) x[i] = (x[i] ?? 0) + (more[i] ?? 0);
  },
  adam: (weight, gradient, mean, meanSquare, decay, squareDecay, rate, epsilon) => {
    for (let i = 0; i < weight.length; i++) {
      const g = gradient[i] ?? 0;
      const m = (mean[i] ?? 0) * decay + g * (1 - decay);
      const v = (meanSquare[i] ?? 0) * squareDecay + g * g * (1 - squareDecay);
      mean[i] = m;
      meanSquare[i] = v;
      weight[i] = (weight[i] ?? 0) - (rate * m) / (Math.sqrt(v) + epsilon);
    }
  },
};

/** The loops in use: plain ones, until an engine brings compiled ones. */
export let hostLoops: HostLoops = plain;

/** Sets the loops of the native addon; only `startEngine` calls it. */
export function useHostLoops(loops: HostLoops): void {
  hostLoops = loops;
}

/** Returns true if an addon's exports include all of these loops. */
export function areHostLoops(exported: unknown): exported is HostLoops {
  return (
    typeof exported === "object" &&
    exported !== null &&
    Object.keys(plain).every((name) => name in exported)
  );
}
