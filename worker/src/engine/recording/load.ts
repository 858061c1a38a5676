import { OpnasError } from "@opnas/core";
import type { Tensor } from "../tf.js";
import { dataType, encodeGraph, sessionConfig, type GraphNode } from "./graphDef.js";
import { nativeBackend, type Port } from "./recorder.js";

/** What our native addon does for recordings (worker/native/kernels/recorded.h). */
export interface RecordingAddon {
  loadRecordings: (
    graph: Uint8Array,
    config: Uint8Array,
    sections: [inputs: Port[], outputs: Port[]][],
  ) => { recording: number; operation: string }[];
  unloadRecording: (recording: number) => void;
}

/** A section of a graph: what is fed and what is asked for. */
export interface Section {
  inputs: readonly Port[];
  outputs: readonly Port[];
}

/** Runs a section as one operation: its inputs' tensors → its outputs' tensors. */
export type Run = (inputs: readonly Tensor[]) => Tensor[];

let addon: RecordingAddon | undefined;
const config = sessionConfig();

/** For `startEngine` only; undefined for an engine that cannot record. */
export function useRecordings(loaded: RecordingAddon | undefined): void {
  addon = loaded;
}

/** Whether what an addon exports can load recordings. */
export function isRecordingAddon(exported: unknown): exported is RecordingAddon {
  return typeof exported === "object" && exported !== null && "loadRecordings" in exported;
}

/** Whether the running engine can record. */
export const canRecord = () => addon !== undefined;

/** Frees a recording once nothing can run it any more. */
const unused = new FinalizationRegistry(
  ({ recording, handle }: { recording: number; handle: number }) => {
    nativeBackend().binding.deleteTensor(handle);
    addon?.unloadRecording(recording);
  },
);

/** Hands a graph to TensorFlow; one function per section. */
export function loadSections(nodes: readonly GraphNode[], sections: readonly Section[]): Run[] {
  const backend = nativeBackend();
  if (!addon) throw new OpnasError("INTERNAL", "This engine cannot record.");
  const loaded = addon.loadRecordings(
    encodeGraph(nodes),
    config,
    sections.map(({ inputs, outputs }) => [[...inputs], [...outputs]]),
  );
  return loaded.map(({ recording, operation }, index) => {
    const outputs = sections[index]?.outputs.length ?? 0;
    // An input, for TensorFlow keeps a kernel for every value that an attribute ever had.
    const handle = backend.binding.createTensor([], dataType.int32, Int32Array.of(recording));
    const run: Run = (inputs) => {
      const handles = [handle, ...backend.getInputTensorIds(inputs)];
      return backend.binding
        .executeOp(operation, [], handles, outputs)
        .map((info) => backend.createOutputTensor(info));
    };
    unused.register(run, { recording, handle });
    return run;
  });
}
