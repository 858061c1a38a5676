import type { KernelFunc } from "@tensorflow/tfjs";
import { OpnasError } from "@opnas/core";
import type { TensorFlow } from "../tf.js";
import type { WasmMemory } from "./wasmMemory.js";

/**
 * Makes three operations of the WebAssembly engine itself faster where gradients use them: Identity
 * (every saved tensor) shares memory instead of copying it; a sum over all axes but the last, and
 * the transpose that splits or joins heads, run on our own operations.
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
    const rows = x.shape.slice(0, -1).reduce((product, length) => product * length, 1);
    const sums = own.make([...(keepDims ? axes.map(() => 1) : []), width]);
    own.call("sumRows", own.at(x), own.at(sums), rows, width);
    return sums;
  });

  replace(tf, "Transpose", (original) => (call) => {
    const { x } = call.inputs;
    const order: unknown = call.attrs?.["perm"];
    const [outer, a, b, width] = x?.shape ?? [];
    const swaps = Array.isArray(order) && order.join() === "0,2,1,3";
    if (x?.dtype !== "float32" || !swaps || !outer || !a || !b || !width) return original(call);
    const y = own.make([outer, b, a, width]);
    own.call("swapMiddle", own.at(x), own.at(y), outer, a, b, width);
    return y;
  });
}

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
