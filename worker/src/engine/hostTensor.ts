import { OpnasError } from "@opnas/core";
import type { Tensor } from "./tf.js";
import { attributeType, tfjsNode } from "./tfjsNode.js";

/** A tensor in this process's own memory, row by row: float32 or int32. */
export interface HostTensor {
  shape: readonly number[];
  data: Float32Array | Int32Array;
}

/** A float32 tensor in this process's own memory, row by row: a parameter or a part of a state. */
export interface NamedTensor {
  shape: number[];
  data: Float32Array;
}

/** Float32 tensors in this process's own memory by name; the form of every checkpoint. */
export type Tensors = Map<string, NamedTensor>;

/** Copies the numbers of float32 tensors into arrays of their sizes. */
export type Fetch = (tensors: readonly Tensor[], arrays: readonly Float32Array[]) => void;

/** Returns the values of a float32 tensor in a new array. */
export function floats(tensor: Tensor): Float32Array {
  const values = tensor.dataSync();
  if (!(values instanceof Float32Array))
    throw new OpnasError("INTERNAL", "Expected float32 values.");
  return values;
}

/** The running engine's `Fetch`; by default one that reads every tensor into a new array first. */
export let fetchInto: Fetch = (tensors, arrays) => {
  for (const [index, tensor] of tensors.entries()) arrays[index]?.set(floats(tensor));
};

/** Sets an engine's `Fetch` that allocates no memory; only `startEngine` calls it. */
export function useFetch(fetch: Fetch): void {
  fetchInto = fetch;
}

/** The native addon's function for fetching (worker/native/kernels/fetch.h). */
export interface FetchAddon {
  fetchNextInto: (arrays: readonly Float32Array[]) => void;
}

/** Returns true if an addon's exports can fetch. */
export function isFetchAddon(exported: unknown): exported is FetchAddon {
  return typeof exported === "object" && exported !== null && "fetchNextInto" in exported;
}

/** Returns the `Fetch` of tfjs-node: one operation of our own copies all tensors at once. */
export function nativeFetch(addon: FetchAddon): Fetch {
  return (tensors, arrays) => {
    const count = [{ name: "N", type: attributeType.int, value: tensors.length }];
    addon.fetchNextInto(arrays);
    tfjsNode().executeMultipleOutputs("OpnasFetch", count, tensors, 0);
  };
}
