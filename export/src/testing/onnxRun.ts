import { InferenceSession, Tensor } from "onnxruntime-node";
import type { ExportedFile } from "../exportedFile.js";

/** Token ids of equally long rows; those of a shorter sentence end with 0, which is padding. */
export type Rows = readonly (readonly number[])[];

/** The outputs of a model by their names. */
export type Outputs = Record<string, { shape: readonly number[]; data: Float32Array }>;

/** Returns a file's bytes in one array. */
export function joined({ pieces }: ExportedFile): Uint8Array {
  return Buffer.concat(pieces);
}

/** Opens a model: the bytes of its file, or the file's path. */
export function open(model: Uint8Array | string): Promise<InferenceSession> {
  const options = { logSeverityLevel: 3, intraOpNumThreads: 1 } as const;
  return typeof model === "string"
    ? InferenceSession.create(model, options)
    : InferenceSession.create(model, options);
}

/** Runs a model on rows of token ids; `segments` are 0 unless given. */
export async function run(
  session: InferenceSession,
  ids: Rows,
  segments: Rows = ids.map((row) => row.map(() => 0)),
): Promise<Outputs> {
  const mask = ids.map((row) => row.map((id) => (id === 0 ? 0 : 1)));
  const outputs = await session.run({
    input_ids: int64(ids),
    attention_mask: int64(mask),
    token_type_ids: int64(segments),
  });
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { data, dims }]) => {
      if (!(data instanceof Float32Array)) throw new Error(`${name} is not float32`);
      return [name, { shape: dims, data }];
    }),
  );
}

function int64(rows: Rows): Tensor {
  const values = BigInt64Array.from(rows.flat(), BigInt);
  return new Tensor("int64", values, [rows.length, rows[0]?.length ?? 0]);
}
