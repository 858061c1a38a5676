/** Exported ONNX models in onnxruntime for Node, against the platform's own numbers. */
import path from "node:path";
import { onnxFileName } from "@opnas/export";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { compareFolder, type GraphDifferences, type Inputs } from "./compareFolder.ts";

/** Compares a folder's model.onnx with its expected.safetensors (`writeCase`). */
export async function compareOnnx(folder: string): Promise<GraphDifferences> {
  const options = { logSeverityLevel: 3, intraOpNumThreads: 1 } as const;
  const session = await InferenceSession.create(path.join(folder, onnxFileName), options);
  try {
    return await compareFolder(folder, (inputs) => run(session, inputs));
  } finally {
    await session.release();
  }
}

async function run(session: InferenceSession, { ids, mask, rows, length }: Inputs) {
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
