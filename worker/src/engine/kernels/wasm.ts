import { OpnasError } from "@opnas/core";
import type { KernelFunc } from "@tensorflow/tfjs";
import { z } from "zod";
import type { Kernels, Tensor, TensorFlow } from "../tf.js";
import { plainKernels } from "./plain.js";
import type { WasmMemory } from "./wasmMemory.js";

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

/**
 * Replaces three of the WebAssembly engine's own operations by faster ones: Identity (every saved
 * tensor) shares memory instead of copying it; a sum over all axes but the last, and transposes,
 * run on our own operations. A step of BERT at `mini` is 1.6 times as fast as with TensorFlow.js's
 * own transpose (npm run bench:engine -- --engine wasm --models mini).
 */
export function replaceSlowOperations(tf: TensorFlow, own: WasmMemory): void {
  replace(tf, "Identity", () => ({ inputs: { x } }) => {
    if (!x) throw new OpnasError("INTERNAL", "Identity needs x.");
    const { dataId, shape, dtype } = x;
    tf.backend().incRef(dataId);
    return { dataId, shape, dtype };
  });

  replace(tf, "Sum", (original) => (call) => {
    const { x } = call.inputs;
    const { axis, keepDims } = call.attrs ?? {};
    const axes = typeof axis === "number" ? [axis] : axis;
    if (x?.dtype !== "float32" || !Array.isArray(axes) || !isAllButLast(axes, x.shape.length)) {
      return original(call);
    }
    const width = x.shape.at(-1) ?? 1;
    const rows = product(x.shape.slice(0, -1));
    const sums = own.make([...(keepDims ? axes.map(() => 1) : []), width]);
    own.call("sumRows", own.at(x), own.at(sums), rows, width);
    return sums;
  });

  replace(tf, "Transpose", (original) => (call) => {
    const { x } = call.inputs;
    const order = orderSchema.safeParse(call.attrs?.["perm"]);
    const plan = x?.dtype === "float32" && order.success && transposition(x.shape, order.data);
    if (!x || !plan) return original(call);
    const y = own.make(plan.shape);
    own.call("rearrange", own.at(x), own.at(y), ...plan.steps, plan.bytes);
    return y;
  });
}

const orderSchema = z.array(z.int());
const mostLoops = 4;

/**
 * Plans a transpose as copies of contiguous blocks in up to four nested loops: the number of steps
 * of each loop, a step's stride in the original in bytes, and the bytes of a block. Returns
 * undefined if four loops are too few.
 */
function transposition(from: readonly number[], order: readonly number[]) {
  const shape = order.map((axis) => from[axis] ?? 1);
  const strides = from.map((_, axis) => 4 * product(from.slice(axis + 1)));
  const loops = order.map((axis, place) => [shape[place] ?? 1, strides[axis] ?? 4] as const);
  let bytes = 4;
  while (loops.length > 0 && loops.at(-1)?.[1] === bytes) bytes *= loops.pop()?.[0] ?? 1;
  if (loops.length > mostLoops) return undefined;
  const idle = Array.from({ length: mostLoops - loops.length }, () => [1, 0] as const);
  return { shape, steps: [...idle, ...loops].flat(), bytes };
}

const product = (lengths: readonly number[]) => lengths.reduce((all, length) => all * length, 1);

function isAllButLast(axes: unknown[], rank: number): boolean {
  return rank > 1 && axes.length === rank - 1 && axes.every((axis, place) => axis === place);
}

function replace(
  tf: TensorFlow,
  kernelName: string,
  make: (original: KernelFunc) => KernelFunc,
): void {
  const backendName = "wasm";
  const original = tf.getKernel(kernelName, backendName);
  tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({ ...original, kernelFunc: make(original.kernelFunc) });
}
