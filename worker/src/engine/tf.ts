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

/** Where the engines differ: what each does in its own way to be fast. */
export interface Kernels {
  /** Product of the last two axes; `transposeA` and `transposeB` swap them first. */
  matMul(a: Tensor, b: Tensor, transposeA?: boolean, transposeB?: boolean): Tensor;
}

/** The running engine's kernels; undefined before `startEngine`. */
export let kernels: Kernels;

/** Makes `engine` the process's engine. For `startEngine` only. */
export function useEngine(engine: TensorFlow, engineKernels: Kernels): void {
  tf = engine;
  kernels = engineKernels;
}
