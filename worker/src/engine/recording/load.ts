import { OpnasError } from "@opnas/core";
import type { Tensor } from "../tf.js";
import { dataType, tfjsNode } from "../tfjsNode.js";
import { encodeGraph, sessionConfig, type GraphNode } from "./graphDef.js";
import type { Port } from "./recorder.js";

/** The native addon's functions for recordings (worker/native/kernels/recorded.h). */
export interface RecordingAddon {
  loadRecordings: (
    graph: Uint8Array,
    config: Uint8Array,
    sections: [inputs: Port[], outputs: Port[]][],
  ) => { recording: number; operation: string }[];
  runRecording: (
    recording: number,
    arrays: readonly (Float32Array | Int32Array)[],
    shapes: readonly Int32Array[],
    results: readonly Float32Array[],
  ) => void;
  unloadRecording: (recording: number) => void;
}

/** A section of a graph: the ports that are fed and the ports that are asked for. */
export interface Section {
  inputs: readonly Port[];
  outputs: readonly Port[];
}

/** A section of a graph loaded into TensorFlow as one operation. */
export interface LoadedSection {
  /** Maps the tensors of the inputs to those of the outputs. */
  run: (inputs: readonly Tensor[]) => Tensor[];
  /** Runs it on this process's arrays, which have these shapes, and writes into `results`. */
  runOn: (
    arrays: readonly (Float32Array | Int32Array)[],
    shapes: readonly Int32Array[],
    results: readonly Float32Array[],
  ) => void;
  /** Frees the section, and the graph with the last of its sections. */
  unload: () => void;
}

let addon: RecordingAddon | undefined;
const config = sessionConfig();

/**
 * Sets the addon that records, or undefined for an engine that cannot; only `startEngine` calls it.
 */
export function useRecordings(loaded: RecordingAddon | undefined): void {
  addon = loaded;
}

/** Returns true if an addon's exports can load recordings. */
export function isRecordingAddon(exported: unknown): exported is RecordingAddon {
  return typeof exported === "object" && exported !== null && "loadRecordings" in exported;
}

/** Returns true if the running engine can record. */
export const canRecord = () => addon !== undefined;

/** Loads a graph into TensorFlow; returns its sections in the order given. */
export function loadSections(
  nodes: readonly GraphNode[],
  sections: readonly Section[],
): LoadedSection[] {
  const backend = tfjsNode();
  const native = addon;
  if (!native) throw new OpnasError("INTERNAL", "This engine cannot record.");
  const loaded = native.loadRecordings(
    encodeGraph(nodes),
    config,
    sections.map(({ inputs, outputs }) => [[...inputs], [...outputs]]),
  );
  return loaded.map(({ recording, operation }, index) => {
    const outputs = sections[index]?.outputs.length ?? 0;
    // An input, for TensorFlow keeps a kernel for every value that an attribute ever had.
    const handle = backend.binding.createTensor([], dataType.int32, Int32Array.of(recording));
    const run: LoadedSection["run"] = (inputs) => {
      const handles = [handle, ...backend.getInputTensorIds(inputs)];
      return backend.binding
        .executeOp(operation, [], handles, outputs)
        .map((info) => backend.createOutputTensor(info));
    };
    const unload = () => {
      backend.binding.deleteTensor(handle);
      native.unloadRecording(recording);
    };
    const runOn: LoadedSection["runOn"] = (arrays, shapes, results) =>
      native.runRecording(recording, arrays, shapes, results);
    return { run, runOn, unload };
  });
}
