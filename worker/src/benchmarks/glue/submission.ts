import { strToU8, zipSync } from "fflate";
import { z } from "zod";
import type { LabelledExample, TestSet } from "./read.js";
import type { GlueTask } from "./tasks.js";

/**
 * The time of all entries, the earliest that a zip can hold: equal predictions give equal bytes.
 */
const time = "1980-01-01T12:00:00Z";
const decimals = 3;

/** A file of a submission. */
export const submissionFileSchema = z.object({
  name: z.string(),
  text: z.string(),
  /** The number of rows that the model could not predict and that have the fallback. */
  fallbacks: z.int(),
});
export type SubmissionFile = z.infer<typeof submissionFileSchema>;

/**
 * Formats the predictions for a test set as the benchmark's site takes them: one line for each
 * index, classes by name, scores from 0 to 5.
 * @param predicted predictions for the examples that have texts, in their order; NaN if there is
 *   none
 * @param fallback the prediction for NaN and for examples without texts
 */
export function submissionFile(
  task: GlueTask,
  { submission, examples }: TestSet,
  predicted: readonly number[],
  fallback: number,
): SubmissionFile {
  let [next, fallbacks] = [0, 0];
  const lines = examples.map(({ index, texts }) => {
    const value = (texts ? predicted[next++] : undefined) ?? NaN;
    if (Number.isNaN(value)) fallbacks++;
    return `${index}\t${nameOf(task, Number.isNaN(value) ? fallback : value)}\n`;
  });
  return { name: submission, text: `index\tprediction\n${lines.join("")}`, fallbacks };
}

/** Returns the prediction without a text or a model: the most frequent class, or the mean score. */
export function fallbackOf(task: GlueTask, train: readonly LabelledExample[]): number {
  const counts = task.classes?.map((_, label) => train.filter((row) => row.label === label).length);
  if (counts) return counts.indexOf(Math.max(...counts));
  return train.reduce((sum, { label }) => sum + label, 0) / train.length;
}

/** Packs a submission as a zip archive. */
export function zipOf(files: readonly SubmissionFile[]): Uint8Array {
  const entries = files.map(({ name, text }) => [name, strToU8(text)] as const);
  return zipSync(Object.fromEntries(entries), { mtime: time });
}

function nameOf({ classes }: GlueTask, value: number): string {
  return classes ? (classes[value] ?? "") : Math.min(5, Math.max(0, value)).toFixed(decimals);
}
