import type { Tensor } from "@tensorflow/tfjs";

export type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D, Variable } from "@tensorflow/tfjs";

/** TensorFlow.js as every engine offers it. */
export type TensorFlow = typeof import("@tensorflow/tfjs");

/**
 * TensorFlow.js on the engine that `startEngine` chose; undefined before that.
 * The only way by which our code may reach TensorFlow.js: a second copy, imported by name, would
 * know nothing of this one's engine and tensors.
 */
export let tf: TensorFlow;

/** See `Kernels.matMul`. */
export type Product = (a: Tensor, b: Tensor, transposeA?: boolean, transposeB?: boolean) => Tensor;

/** Where the engines differ: what each does in its own way to be fast. */
export interface Kernels {
  /** Product of the last two axes, without a gradient; `transposeA` and `transposeB` swap them first. */
  readonly matMul: (a: Tensor, b: Tensor, transposeA?: boolean, transposeB?: boolean) => Tensor;
  /** x [r, i] · weight [i, o] (or the transpose of weight [o, i]) + bias [o]; no gradient. */
  readonly affine: (x: Tensor, weight: Tensor, bias: Tensor, transposeWeight: boolean) => Tensor;
  /** Sum over all axes but the last, without a gradient. */
  readonly sumRows: (x: Tensor) => Tensor;
  /** The rows of table [v, d] named by ids [...] (int32) → [..., d], without a gradient. */
  readonly gatherRows: (table: Tensor, ids: Tensor) => Tensor;
  /** Adds each row of x [..., d] to the row of a [rows, d] that ids [...] names; no gradient. */
  readonly scatterRows: (x: Tensor, ids: Tensor, rows: number) => Tensor;
  // The rest are the composites of the same names, with their gradients.
  readonly gelu: (x: Tensor) => Tensor;
  readonly logSigmoid: (x: Tensor) => Tensor;
  readonly softplus: (x: Tensor) => Tensor;
  readonly softsign: (x: Tensor) => Tensor;
  readonly glu: (x: Tensor) => Tensor;
  readonly layerNorm: (x: Tensor, gain: Tensor, shift: Tensor, epsilon: number) => Tensor;
  readonly softmax: (x: Tensor, mask?: Tensor) => Tensor;
  /** Weights that already sum to 1 (or are all 0): Σ shares · −log softmax(logits)[labels]. */
  readonly crossEntropy: (logits: Tensor, labels: Tensor, shares: Tensor) => Tensor;
}

/** The running engine's kernels; undefined before `startEngine`. */
export let kernels: Kernels;

/** Makes `engine` the process's engine. For `startEngine` only. */
export function useEngine(engine: TensorFlow, engineKernels: Kernels): void {
  tf = engine;
  kernels = engineKernels;
}
