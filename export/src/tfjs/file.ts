import { architectureKey, architectureName } from "@opnas/core";
import { writeModel } from "../dataflow/model.js";
import type { ExportedModel } from "../dataflow/modelWriter.js";
import type { ExportedFile } from "../exportedFile.js";
import { type ElementType, TfjsGraph, tensorShape, type Weight } from "./graph.js";
import { type Output, TfjsOperations } from "./operations.js";
import { tfjsUsage } from "./usage.js";

/** The name of the file that TensorFlow.js loads; it names the weights' files. */
export const tfjsFileName = "model.json";

/** The bytes of a file of weights, but the last's: browsers keep files of that size. */
const shardBytes = 4 * 2 ** 20;

/**
 * Writes a model for TensorFlow.js (a GraphModel): model.json, weights in files of 4 MiB, and a
 * page on its use. Inputs are input_ids, attention_mask and token_type_ids, all int32 [batch, sequence] of
 * any batch and any length up to `size.length`; outputs are last_hidden_state and those of the head,
 * float32, which `predict` returns by name. Names of tensors are those of the exported PyTorch
 * model, but a linear layer's weight is [in, out].
 * @throws OpnasError CORRUPT_ARTIFACT if a tensor is missing
 */
export function tfjsFiles(model: ExportedModel): ExportedFile[] {
  const graph = new TfjsGraph();
  const operations = new TfjsOperations(graph, model.size);
  writeModel(operations, model);
  const shards = shardsOf(graph.weights);
  const names = shards.map(
    (_, at) => `group1-shard${(at + 1).toString()}of${shards.length.toString()}.bin`,
  );
  const json = `${JSON.stringify(modelJson(model, graph, operations.outputs, names))}\n`;
  const encode = (text: string) => [new TextEncoder().encode(text)];
  return [
    ...shards.map((pieces, at) => ({ name: names[at] ?? "", pieces })),
    { name: "USAGE.md", pieces: encode(tfjsUsage(model, operations.outputs)) },
    { name: tfjsFileName, pieces: encode(json) },
  ];
}

function modelJson(
  { architecture }: ExportedModel,
  graph: TfjsGraph,
  outputs: readonly Output[],
  paths: readonly string[],
): object {
  const info = (name: string, dtype: ElementType, axes: Output["axes"]) => ({
    name: `${name}:0`,
    dtype,
    tensorShape: tensorShape(axes.map((axis) => (typeof axis === "number" ? axis : -1))),
  });
  const inputs = graph.nodes.filter(({ op }) => op === "Placeholder").map(({ name }) => name);
  return {
    format: "graph-model",
    generatedBy: "OP-NAS Platform",
    convertedBy: null,
    signature: {
      inputs: Object.fromEntries(
        inputs.map((name) => [name, info(name, "DT_INT32", ["batch", "sequence"])]),
      ),
      outputs: Object.fromEntries(
        outputs.map(({ name, axes }) => [name, info(name, "DT_FLOAT", axes)]),
      ),
    },
    userDefinedMetadata: {
      structuredOutputKeys: outputs.map(({ name }) => name),
      name: architectureName(architectureKey(architecture)),
      architecture,
    },
    // 1087 is the producer version of TensorFlow 2.9, whose operations these are.
    modelTopology: {
      node: graph.nodes,
      library: {},
      versions: { producer: 1087, minConsumer: 12 },
    },
    weightsManifest: [
      {
        paths,
        weights: graph.weights.map(({ name, type, shape }) => ({
          name,
          shape,
          dtype: type === "DT_FLOAT" ? "float32" : "int32",
        })),
      },
    ],
  };
}

/** Cuts the weights' bytes, one tensor after another, into pieces of files. */
function shardsOf(weights: readonly Weight[]): Uint8Array[][] {
  const shards: Uint8Array[][] = [];
  let room = 0;
  for (const { bytes } of weights) {
    for (let at = 0; at < bytes.length;) {
      if (room === 0) {
        shards.push([]);
        room = shardBytes;
      }
      const piece = bytes.subarray(at, at + room);
      shards.at(-1)?.push(piece);
      at += piece.length;
      room -= piece.length;
    }
  }
  return shards;
}
