import { OpnasError } from "@opnas/core";
import type { Kernels, Tensor, TensorFlow } from "../tf.js";

/**
 * Kernels for the WebAssembly engine. Its matrix product is fast only without transpose flags, so
 * transposes are made explicit; and it lacks UnsortedSegmentSum, the gradient of a gather.
 */
export function wasmKernels(tf: TensorFlow): Kernels {
  registerUnsortedSegmentSum(tf);
  const transposed = (x: Tensor) =>
    x.transpose([...Array(x.rank - 2).keys(), x.rank - 1, x.rank - 2]);
  return {
    matMul: (a, b, transposeA = false, transposeB = false) =>
      tf.matMul(transposeA ? transposed(a) : a, transposeB ? transposed(b) : b),
  };
}

/** Sums the rows of x that have the same segment id; x may have more axes than the ids. */
function registerUnsortedSegmentSum(tf: TensorFlow): void {
  tf.registerKernel({
    kernelName: "UnsortedSegmentSum",
    backendName: "wasm",
    kernelFunc: ({ inputs: { x, segmentIds }, attrs }) => {
      const segments = attrs?.["numSegments"];
      if (!x || !segmentIds || typeof segments !== "number") {
        throw new OpnasError("INTERNAL", "UnsortedSegmentSum needs x, segmentIds, numSegments.");
      }
      const values = tf.backend().readSync(x.dataId);
      const ids = tf.backend().readSync(segmentIds.dataId);
      if (!(values instanceof Float32Array) || !(ids instanceof Int32Array)) {
        throw new OpnasError("INTERNAL", "UnsortedSegmentSum is for float32 by int32.");
      }
      const width = values.length / ids.length;
      const sums = new Float32Array(segments * width);
      for (const [row, id] of ids.entries()) {
        for (let i = 0; i < width; i++) {
          sums[id * width + i] = (sums[id * width + i] ?? 0) + (values[row * width + i] ?? 0);
        }
      }
      const shape = [segments, ...x.shape.slice(segmentIds.shape.length)];
      return tf.engine().makeTensor(sums, shape, "float32");
    },
  });
}
