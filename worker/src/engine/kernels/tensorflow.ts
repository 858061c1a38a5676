import type { Kernels, TensorFlow } from "../tf.js";

/** Kernels for libtensorflow, by way of tfjs-node. */
export function tensorflowKernels(tf: TensorFlow): Kernels {
  return {
    matMul: (a, b, transposeA, transposeB) => tf.matMul(a, b, transposeA, transposeB),
  };
}
