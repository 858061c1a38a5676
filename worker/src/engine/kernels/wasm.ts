import { OpnasError } from "@opnas/core";
import type { Kernels, Tensor, TensorFlow } from "../tf.js";
import { plainKernels } from "./plain.js";

/**
 * Returns kernels for the WebAssembly engine. Its matrix product is fast only without transpose
 * flags, so transposes are made explicit.
 */
export function wasmKernels(tf: TensorFlow): Kernels {
  const transposed = (x: Tensor) =>
    x.transpose([...Array(x.rank - 2).keys(), x.rank - 1, x.rank - 2]);
  return plainKernels((a, b, transposeA = false, transposeB = false) =>
    tf.matMul(transposeA ? transposed(a) : a, transposeB ? transposed(b) : b),
  );
}

/**
 * Registers UnsortedSegmentSum, the gradient of a gather, which the WebAssembly engine lacks: it
 * sums the rows of x that have the same segment id. To be called once.
 */
export function registerUnsortedSegmentSum(tf: TensorFlow): void {
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
