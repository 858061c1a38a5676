import * as tf from "@tensorflow/tfjs";
import { z } from "zod";
import type { ExportedModel } from "../dataflow/modelWriter.js";
import { tfjsFileName, tfjsFiles } from "../tfjs/file.js";
import { joined, type Outputs, type Rows } from "./onnxRun.js";

/** Loads the files of a model in TensorFlow.js, on its backend for any processor. */
export async function load(model: ExportedModel): Promise<tf.GraphModel> {
  await tf.setBackend("cpu");
  const files = new Map(tfjsFiles(model).map((file) => [file.name, joined(file)]));
  const bytes = (name: string) => {
    const found = files.get(name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found;
  };
  const text = Buffer.from(bytes(tfjsFileName)).toString();
  const json = z.custom<tf.io.ModelJSON>().parse(JSON.parse(text));
  return tf.loadGraphModel({
    load: () =>
      tf.io.getModelArtifactsForJSON(json, (manifest) => {
        const shards = manifest.flatMap(({ paths }) => paths.map(bytes));
        const specs = manifest.flatMap(({ weights }) => weights);
        return Promise.resolve([specs, new Uint8Array(Buffer.concat(shards)).buffer]);
      }),
  });
}

/** Runs a model on rows of token ids; `segments` are 0 unless given. */
export async function run(
  model: tf.GraphModel,
  ids: Rows,
  segments: Rows = ids.map((row) => row.map(() => 0)),
): Promise<Outputs> {
  const mask = ids.map((row) => row.map((id) => (id === 0 ? 0 : 1)));
  const int32 = (rows: Rows) =>
    tf.tensor2d(
      rows.map((row) => [...row]),
      undefined,
      "int32",
    );
  const outputs = model.predict({
    input_ids: int32(ids),
    attention_mask: int32(mask),
    token_type_ids: int32(segments),
  });
  if (outputs instanceof tf.Tensor || Array.isArray(outputs)) {
    throw new Error("the outputs have no names");
  }
  const named = Object.entries(outputs).map(async ([name, tensor]) => {
    const data = await tensor.data();
    if (!(data instanceof Float32Array)) throw new Error(`${name} is not float32`);
    return [name, { shape: tensor.shape, data }] as const;
  });
  return Object.fromEntries(await Promise.all(named));
}
