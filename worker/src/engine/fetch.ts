import { OpnasError } from "@opnas/core";
import type { Tensor } from "./tf.js";
import { attributeType, tfjsNode } from "./tfjsNode.js";

/** Copies the numbers of float32 tensors into arrays of their sizes. */
export type Fetch = (tensors: readonly Tensor[], arrays: readonly Float32Array[]) => void;

/** The values of a float32 tensor, in an array of their own. */
export function floats(tensor: Tensor): Float32Array {
  const values = tensor.dataSync();
  if (!(values instanceof Float32Array))
    throw new OpnasError("INTERNAL", "Expected float32 values.");
  return values;
}

/** The running engine's way; until one brings a better, by a new array for every tensor. */
export let fetchInto: Fetch = (tensors, arrays) => {
  for (const [index, tensor] of tensors.entries()) arrays[index]?.set(floats(tensor));
};

/** For `startEngine` only: an engine's way that needs no new memory. */
export function useFetch(fetch: Fetch): void {
  fetchInto = fetch;
}

/** What our native addon does for this (worker/native/kernels/fetch.h). */
export interface FetchAddon {
  fetchNextInto: (arrays: readonly Float32Array[]) => void;
}

/** Whether what an addon exports can fetch. */
export function isFetchAddon(exported: unknown): exported is FetchAddon {
  return typeof exported === "object" && exported !== null && "fetchNextInto" in exported;
}

/** tfjs-node's way: an operation of ours copies all tensors at once. */
export function nativeFetch(addon: FetchAddon): Fetch {
  return (tensors, arrays) => {
    const count = [{ name: "N", type: attributeType.int, value: tensors.length }];
    addon.fetchNextInto(arrays);
    tfjsNode().executeMultipleOutputs("OpnasFetch", count, tensors, 0);
  };
}
