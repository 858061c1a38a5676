/** A model's numbers against the platform's own, in whatever program runs it. */
import path from "node:path";
import { readTensors, type NamedTensor } from "@opnas/worker";
import { z } from "zod";

/** Largest differences of a model's numbers from the platform's, at tokens that are no padding. */
export const differencesSchema = z.strictObject({
  hidden: z.number(),
  logits: z.number(),
  /** Largest difference of a sentence by itself from the same sentence in the padded batch. */
  alone: z.number(),
});
export type GraphDifferences = z.output<typeof differencesSchema>;

/** Token ids and 1 at tokens, 0 at padding: `rows` rows of `length`. */
export interface Inputs {
  ids: Float32Array;
  mask: Float32Array;
  rows: number;
  length: number;
}

/** Runs a model; returns hidden states and masked-word logits. */
export type Run = (inputs: Inputs) => Promise<{ hidden: Float32Array; logits: Float32Array }>;

/** Compares a model with a folder's expected.safetensors (`writeCase`). */
export async function compareFolder(folder: string, run: Run): Promise<GraphDifferences> {
  const expected = await readTensors(path.join(folder, "expected.safetensors"));
  const of = (name: string): NamedTensor => {
    const tensor = expected.get(name);
    if (tensor === undefined) throw new Error(`${folder} has no tensor "${name}"`);
    return tensor;
  };
  const [ids, mask] = [of("ids"), of("mask")];
  const [rows = 0, length = 0] = ids.shape;
  const whole = await run({ ids: ids.data, mask: mask.data, rows, length });
  const alone: number[] = [];
  for (let row = 0; row < rows; row++) {
    const keep = mask.data.subarray(row * length, (row + 1) * length);
    const tokens = keep.reduce((sum, each) => sum + each, 0);
    const own = ids.data.subarray(row * length, row * length + tokens);
    const single = { ids: own, mask: keep.subarray(0, tokens), rows: 1, length: tokens };
    const { hidden } = await run(single);
    const width = hidden.length / tokens;
    const inBatch = whole.hidden.subarray(row * length * width);
    alone.push(largest(hidden, inBatch.subarray(0, hidden.length)));
  }
  return {
    hidden: largest(whole.hidden, of("hidden").data, mask.data),
    logits: largest(whole.logits, of("logits").data, mask.data),
    alone: Math.max(...alone),
  };
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
