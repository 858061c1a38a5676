import type { Tensor } from "@tensorflow/tfjs";

export type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D, Variable } from "@tensorflow/tfjs";

/** TensorFlow.js as every engine offers it. */
export type TensorFlow = typeof import("@tensorflow/tfjs");

/**
 * TensorFlow.js on the engine that `startEngine` chose; undefined before that. All code uses
 * TensorFlow.js through this variable: a second copy, imported by name, would not share this one's
 * engine and tensors.
 */
export let tf: TensorFlow;

/** The type of `Kernels.matMul`. */
export type Product = (a: Tensor, b: Tensor, transposeA?: boolean, transposeB?: boolean) => Tensor;

/** Operations that each engine implements in its own way to be fast. */
export interface Kernels {
  /**
   * Matrix product a [..., n, k] · b [..., k, m] → [..., n, m], without a gradient; with
   * `transposeA` a is [..., k, n], with `transposeB` b is [..., m, k].
   */
  readonly matMul: (a: Tensor, b: Tensor, transposeA?: boolean, transposeB?: boolean) => Tensor;
  /**
   * Linear layer x [r, i] · weight [i, o] (or the transpose of weight [o, i]) + bias [o] → [r, o];
   * no gradient.
   */
  readonly affine: (x: Tensor, weight: Tensor, bias: Tensor, transposeWeight: boolean) => Tensor;
  /** Sums x [..., d] over all axes but the last → [d], without a gradient. */
  readonly sumRows: (x: Tensor) => Tensor;
  /** Gathers the rows of table [v, d] named by ids [...] (int32) → [..., d], without a gradient. */
  readonly gatherRows: (table: Tensor, ids: Tensor) => Tensor;
  /**
   * Adds each row of x [..., d] to the row that ids [...] (int32) names → [rows, d]; no gradient.
   */
  readonly scatterRows: (x: Tensor, ids: Tensor, rows: number) => Tensor;
  // The following are the composites of the same names (engine/composites.ts), with gradients.
  readonly gelu: (x: Tensor) => Tensor;
  readonly logSigmoid: (x: Tensor) => Tensor;
  readonly softplus: (x: Tensor) => Tensor;
  readonly softsign: (x: Tensor) => Tensor;
  readonly glu: (x: Tensor) => Tensor;
  readonly layerNorm: (x: Tensor, gain: Tensor, shift: Tensor, epsilon: number) => Tensor;
  readonly softmax: (x: Tensor, mask?: Tensor) => Tensor;
  /**
   * Cross-entropy: logits [p, v], labels [p] (int32), shares [p], which sum to 1 or are all 0 →
   * scalar Σ shares · −log softmax(logits)[labels].
   */
  readonly crossEntropy: (logits: Tensor, labels: Tensor, shares: Tensor) => Tensor;
}

/** The running engine's kernels; undefined before `startEngine`. */
export let kernels: Kernels;

/** Sets the process's engine; only `startEngine` calls it. */
export function useEngine(engine: TensorFlow, engineKernels: Kernels): void {
  tf = engine;
  kernels = engineKernels;
}

/**
 * Runs `work` and then frees every tensor that it made; returns its result, which must not be a
 * tensor.
 */
export function inScope<T>(work: () => T): T {
  const engine = tf.engine();
  engine.startScope();
  try {
    return work();
  } finally {
    engine.endScope();
  }
}
