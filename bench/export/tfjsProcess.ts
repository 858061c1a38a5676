/**
 * Compares exported TensorFlow.js models with the platform's own numbers, on the backend that the
 * argument names, cpu or wasm: a process of its own, since TensorFlow.js has one engine a process.
 * Each question names a folder with model.json and expected.safetensors.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import * as tf from "@tensorflow/tfjs";
import { tfjsFileName } from "@opnas/export";
import { z } from "zod";
import { compareFolder, type GraphDifferences, type Inputs } from "./compareFolder.ts";

const questionSchema = z.strictObject({ folder: z.string() });

// Its greeting would stand among the answers.
console.info = console.error;
const backend = z.enum(["cpu", "wasm"]).parse(process.argv[2]);
if (backend === "wasm") await import("@tensorflow/tfjs-backend-wasm");
await tf.setBackend(backend);
say({ answer: `TensorFlow.js ${tf.version.tfjs}, ${tf.getBackend()}` });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    const { folder } = questionSchema.parse(JSON.parse(line));
    say({ answer: await compareTfjs(folder) });
  } catch (error) {
    say({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

function say(message: object): void {
  console.log(JSON.stringify(message));
}

/** Compares a folder's model.json with its expected.safetensors (`writeCase`). */
async function compareTfjs(folder: string): Promise<GraphDifferences> {
  const model = await tf.loadGraphModel(filesOf(folder));
  try {
    return await compareFolder(folder, (inputs) => run(model, inputs));
  } finally {
    model.dispose();
  }
}

/** Reads a folder's files, which TensorFlow.js does by itself only over HTTP. */
function filesOf(folder: string): tf.io.IOHandler {
  return {
    load: async () => {
      const text = await readFile(path.join(folder, tfjsFileName), "utf8");
      const json = z.custom<tf.io.ModelJSON>().parse(JSON.parse(text));
      return tf.io.getModelArtifactsForJSON(json, async (manifest) => {
        const paths = manifest.flatMap((group) => group.paths);
        const shards = await Promise.all(paths.map((name) => readFile(path.join(folder, name))));
        const buffers = shards.map((shard) => new Uint8Array(shard).buffer);
        return [manifest.flatMap(({ weights }) => weights), buffers];
      });
    },
  };
}

async function run(model: tf.GraphModel, { ids, mask, rows, length }: Inputs) {
  const int32 = (values: Float32Array) => tf.tensor2d(values, [rows, length], "int32");
  const outputs = tf.tidy(() =>
    model.predict({
      input_ids: int32(ids),
      attention_mask: int32(mask),
      token_type_ids: tf.zeros([rows, length], "int32"),
    }),
  );
  if (outputs instanceof tf.Tensor || Array.isArray(outputs)) {
    throw new Error("the outputs have no names");
  }
  const { last_hidden_state: hidden, logits } = outputs;
  const numbers = { hidden: await numbersOf(hidden), logits: await numbersOf(logits) };
  tf.dispose(outputs);
  return numbers;
}

async function numbersOf(tensor: tf.Tensor | undefined): Promise<Float32Array> {
  const data = await tensor?.data();
  if (!(data instanceof Float32Array)) throw new Error("the model lacks an output");
  return data;
}
