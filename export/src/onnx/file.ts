import { architectureKey, architectureName } from "@opnas/core";
import type { PbfWriter } from "pbf";
import { writeModel } from "../dataflow/model.js";
import type { ExportedModel } from "../dataflow/modelWriter.js";
import type { ExportedFile } from "../exportedFile.js";
import { OnnxGraph } from "./graph.js";
import {
  encoded,
  fieldHeader,
  type OnnxTensor,
  tensorPieces,
  writeEntry,
  writeNode,
  writeValue,
} from "./messages.js";
import { OnnxOperations } from "./operations.js";

/** The form of the file that opset 17 came with; onnxruntime reads it from 1.12 on. */
const [irVersion, opset] = [8, 17];

/** The names of the files of a model. */
export const [onnxFileName, onnxDataName] = ["model.onnx", "model.onnx.data"];

/** The most bytes of tensors in the model's own file: a protocol buffer ends below 2 GiB. */
const mostInOneFile = 2 ** 31 - 2 ** 26;

/** Tensors below this many bytes stay in the model's own file. */
const leastExternal = 1024;

/**
 * Writes a model in ONNX's form (opset 17): inputs input_ids, attention_mask and token_type_ids, all
 * int64 [batch, sequence] of any batch and any length up to `size.length`; outputs last_hidden_state
 * and those of the head, float32. Names of tensors are those of the exported PyTorch model, but a
 * linear layer's weight is [in, out].
 * @param options `mostInOneFile`: above this many bytes the tensors stand in a file beside it
 * @throws OpnasError CORRUPT_ARTIFACT if a tensor is missing
 */
export function onnxFiles(
  model: ExportedModel,
  options: { mostInOneFile: number } = { mostInOneFile },
): ExportedFile[] {
  const axes = ["batch", "sequence"];
  const graph = new OnnxGraph(
    ["input_ids", "attention_mask", "token_type_ids"].map((name) => ({
      name,
      type: "int64",
      axes,
    })),
  );
  writeModel(new OnnxOperations(graph, model.size), model);
  const bytes = graph.tensors.reduce((sum, tensor) => sum + tensor.bytes.length, 0);
  const isExternal = bytes > options.mostInOneFile;
  const external = graph.tensors.filter(
    (tensor) => isExternal && tensor.bytes.length >= leastExternal,
  );
  const file = { name: onnxFileName, pieces: modelPieces(model, graph, external) };
  if (!isExternal) return [file];
  return [file, { name: onnxDataName, pieces: external.map((tensor) => tensor.bytes) }];
}

/** Encodes a ModelProto; the numbers of `external` tensors stand one after another elsewhere. */
function modelPieces(
  { architecture }: ExportedModel,
  graph: OnnxGraph,
  external: readonly OnnxTensor[],
): Uint8Array[] {
  const name = architectureName(architectureKey(architecture));
  const graphHead = encoded((pbf) => {
    for (const node of graph.nodes) pbf.writeMessage(1, writeNode, node);
    pbf.writeStringField(2, name);
    for (const input of graph.inputs) pbf.writeMessage(11, writeValue, input);
    for (const output of graph.outputs) pbf.writeMessage(12, writeValue, output);
  });
  const places = offsets(external);
  const tensors = graph.tensors.flatMap((tensor) => {
    const offset = places.get(tensor.name);
    const place = offset === undefined ? undefined : { file: onnxDataName, offset };
    const pieces = tensorPieces(tensor, place);
    return [fieldHeader(5, lengthOf(pieces)), ...pieces];
  });
  const graphPieces = [graphHead, ...tensors];
  const modelHead = encoded((pbf) => {
    pbf.writeVarintField(1, irVersion);
    pbf.writeStringField(2, "OP-NAS Platform");
    pbf.writeStringField(6, `${name}: a backbone found by OP-NAS Platform.`);
    pbf.writeMessage(8, writeOpset, opset);
    pbf.writeMessage(14, writeEntry, ["architecture", JSON.stringify(architecture)]);
  });
  return [modelHead, fieldHeader(7, lengthOf(graphPieces)), ...graphPieces];
}

function writeOpset(version: number, pbf: PbfWriter): void {
  pbf.writeStringField(1, "");
  pbf.writeVarintField(2, version);
}

/** Returns where each tensor begins if they stand one after another. */
function offsets(tensors: readonly OnnxTensor[]): ReadonlyMap<string, number> {
  let offset = 0;
  return new Map(
    tensors.map(({ name, bytes }) => {
      const begin = offset;
      offset += bytes.length;
      return [name, begin];
    }),
  );
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}
