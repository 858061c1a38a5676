/** The record's file: gzipped JSON, always whole. */
import { readFile, rename, writeFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import { architectureSchema, searchSettingsSchema } from "@opnas/core";
import { candidateResultSchema } from "@opnas/worker/internals";
import { z } from "zod";

const { size, fineTune, masking, repeats, reversals, evaluationExamples, tasks, candidate } =
  searchSettingsSchema.shape;
const { score, stability, heldOutLoss, heldOutAccuracy } = candidateResultSchema.shape;

/** One training of an architecture under one seed, and its scores (0–100). */
const runSchema = z.object({
  seed: z.int(),
  score,
  stability,
  heldOutLoss,
  heldOutAccuracy,
  /** Score by task. */
  tasks: z.record(z.string(), z.number()),
  seconds: z.number(),
});

const entrySchema = z.object({
  key: z.string(),
  name: z.string().optional(),
  architecture: architectureSchema,
  parameters: z.number(),
  flops: z.number(),
  runs: z.array(runSchema),
});

const conditionsSchema = z.object({
  /** The settings that a training alone depends on: a record outlives changes of the others. */
  settings: z.object({ size, fineTune, masking, repeats, reversals, evaluationExamples, tasks }),
  plan: candidate,
});

const recordSchema = conditionsSchema.extend({
  machine: z.object({ cpu: z.string().optional(), processes: z.int() }).optional(),
  engine: z.string().optional(),
  entries: z.array(entrySchema),
});

/** The settings and the plan that every training of a record shares. */
export type Conditions = z.infer<typeof conditionsSchema>;
/** Architectures that were each trained alone, with their scores. */
export type TrainingRecord = z.infer<typeof recordSchema>;
export type RecordEntry = z.infer<typeof entrySchema>;

/**
 * Reads a record.
 * @throws ZodError if the file holds something else; Error with code ENOENT if there is none
 */
export async function readRecord(file: string): Promise<TrainingRecord> {
  const content: unknown = JSON.parse(gunzipSync(await readFile(file)).toString());
  return recordSchema.parse(content);
}

/**
 * Returns the record in the file, or a new one where there is no file.
 * @throws Error if the file's record was made under other conditions
 */
export async function openRecord(file: string, conditions: Conditions): Promise<TrainingRecord> {
  const record = await readRecord(file).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
  if (!record) return { ...conditions, entries: [] };
  for (const name of ["settings", "plan"] as const) {
    if (isDeepStrictEqual(record[name], conditions[name])) continue;
    throw new Error(`${file} was made with other ${name}; take another file.`);
  }
  return record;
}

/** Writes the record, so that the file is whole at any time. */
export async function writeRecord(file: string, record: TrainingRecord): Promise<void> {
  const draft = `${file}.writing`;
  await writeFile(draft, gzipSync(JSON.stringify(record), { level: 9 }));
  await rename(draft, file);
}
