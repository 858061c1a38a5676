import { createHash } from "node:crypto";
import path from "node:path";
import type { z } from "zod";
import { writeAtomically } from "../files/writeAtomically.js";
import type { Model } from "../model/modelFile.js";
import { readIfThere } from "./files.js";

/** What a task's result follows from, in short: equal only if all of it is. */
export function resultKeyOf(
  { architecture, size, vocabulary, weights }: Model,
  others: unknown,
): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([architecture, size, vocabulary, others]));
  for (const [name, { data }] of weights) {
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex").slice(0, 24);
}

/**
 * The outcome of a task as an earlier, interrupted run left it in `out`; else it is made, and kept.
 * A file there that is not of the form is made anew.
 *
 * @throws OpnasError DISK_FULL, DATA_FOLDER_UNWRITABLE, and what `make` throws
 */
export async function resumeOr<T>(
  out: string,
  task: string,
  key: string,
  schema: z.ZodType<T>,
  make: () => Promise<T>,
): Promise<T> {
  const file = path.join(out, "done", `${task}-${key}.json`);
  const kept = await readIfThere(file);
  const parsed = kept === undefined ? undefined : schema.safeParse(jsonOf(kept));
  if (parsed?.success) return parsed.data;
  const made = await make();
  await writeAtomically(file, [JSON.stringify(made)]);
  return made;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
