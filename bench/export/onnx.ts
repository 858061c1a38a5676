/** Exported ONNX models in onnxruntime for Node, against the platform's own numbers. */
import { createWriteStream } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type ExportedModel, onnxFileName, onnxFiles } from "@opnas/export";
import { readTensors, type NamedTensor } from "@opnas/worker";
import { InferenceSession, Tensor } from "onnxruntime-node";

/** Largest differences of a model's numbers from the platform's, at tokens that are no padding. */
export interface OnnxDifferences {
  hidden: number;
  logits: number;
  /** Largest difference of a sentence by itself from the same sentence in the padded batch. */
  alone: number;
}

/** Writes a model's ONNX files into a folder. */
export async function writeOnnx(folder: string, model: ExportedModel): Promise<void> {
  for (const { name, pieces } of onnxFiles(model)) {
    await pipeline(Readable.from(pieces), createWriteStream(path.join(folder, name)));
  }
}

/** Compares a folder's model.onnx with its expected.safetensors (`writeCase`). */
export async function compareOnnx(folder: string): Promise<OnnxDifferences> {
  const expected = await readTensors(path.join(folder, "expected.safetensors"));
  const of = (name: string): NamedTensor => {
    const tensor = expected.get(name);
    if (tensor === undefined) throw new Error(`${folder} has no tensor "${name}"`);
    return tensor;
  };
  const options = { logSeverityLevel: 3, intraOpNumThreads: 1 } as const;
  const session = await InferenceSession.create(path.join(folder, onnxFileName), options);
  try {
    const [ids, mask] = [of("ids"), of("mask")];
    const [rows = 0, length = 0] = ids.shape;
    const whole = await run(session, ids.data, mask.data, rows, length);
    const alone: number[] = [];
    for (let row = 0; row < rows; row++) {
      const keep = mask.data.subarray(row * length, (row + 1) * length);
      const tokens = keep.reduce((sum, each) => sum + each, 0);
      const own = ids.data.subarray(row * length, row * length + tokens);
      const { hidden } = await run(session, own, keep.subarray(0, tokens), 1, tokens);
      const width = hidden.length / tokens;
      const inBatch = whole.hidden.subarray(row * length * width);
      alone.push(largest(hidden, inBatch.subarray(0, hidden.length)));
    }
    return {
      hidden: largest(whole.hidden, of("hidden").data, mask.data),
      logits: largest(whole.logits, of("logits").data, mask.data),
      alone: Math.max(...alone),
    };
  } finally {
    await session.release();
  }
}

async function run(
  session: InferenceSession,
  ids: Float32Array,
  mask: Float32Array,
  rows: number,
  length: number,
) {
  const int64 = (values: Float32Array) =>
    new Tensor("int64", BigInt64Array.from(values, BigInt), [rows, length]);
  const outputs = await session.run({
    input_ids: int64(ids),
    attention_mask: int64(mask),
    token_type_ids: int64(new Float32Array(rows * length)),
  });
  return {
    hidden: numbers(outputs["last_hidden_state"]),
    logits: numbers(outputs["logits"]),
  };
}

function numbers(tensor: Tensor | undefined): Float32Array {
  if (!(tensor?.data instanceof Float32Array)) throw new Error("the model lacks an output");
  return tensor.data;
}

/** Returns the largest difference, of rows whose `keep` is 1 if it is given; NaN if one is NaN. */
function largest(found: Float32Array, expected: Float32Array, keep?: Float32Array): number {
  if (found.length !== expected.length) throw new Error("an output has another size");
  const width = keep ? found.length / keep.length : 1;
  let most = 0;
  for (const [at, value] of found.entries()) {
    if (keep?.[Math.floor(at / width)] === 0) continue;
    most = Math.max(most, Math.abs(value - (expected[at] ?? Number.NaN)));
  }
  return most;
}
