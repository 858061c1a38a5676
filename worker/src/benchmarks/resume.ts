import { createHash } from "node:crypto";
import path from "node:path";
import type { z } from "zod";
import { writeAtomically } from "../files/writeAtomically.js";
import type { Model } from "../model/modelFile.js";
import { readIfThere } from "./benchmarkFiles.js";

/** Hashes everything that a task's result follows from to 24 hexadecimal digits. */
export function resultKeyOf(
  { architecture, size, vocabulary, weights, pieces, merges = [] }: Model,
  others: unknown,
): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([architecture, size, vocabulary, others]));
  if (pieces !== undefined) hash.update(pieces);
  for (const merge of merges) hash.update(merge);
  for (const [name, { data }] of weights) {
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex").slice(0, 24);
}

/**
 * Returns the outcome of a task that an earlier, interrupted run stored in `out`; otherwise
 * computes and stores it. A stored file that `schema` refuses is replaced.
 *
 * @throws OpnasError DISK_FULL, DATA_FOLDER_UNWRITABLE, and as `compute`
 */
export async function resumeOr<T>(
  out: string,
  task: string,
  key: string,
  schema: z.ZodType<T>,
  compute: () => Promise<T>,
): Promise<T> {
  const file = path.join(out, "done", `${task}-${key}.json`);
  const stored = await readIfThere(file);
  const parsed = stored === undefined ? undefined : schema.safeParse(jsonOf(stored));
  if (parsed?.success) return parsed.data;
  const outcome = await compute();
  await writeAtomically(file, [JSON.stringify(outcome)]);
  return outcome;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
