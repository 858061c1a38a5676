import { readFile, writeFile } from "node:fs/promises";
import { candidateResultSchema } from "@opnas/prisma";
import { z } from "zod";

const recordingSchema = z.object({
  /** The final state of an undisturbed search, as JSON of one form. */
  finalState: z.string(),
  /** Every result that its trainers returned, by the architectures' keys. */
  results: z.record(z.string(), candidateResultSchema),
});

/** An undisturbed search, with every result that its trainers returned. */
export type Recording = z.infer<typeof recordingSchema>;

/** Writes a recording where recorded trainers read it. */
export async function writeRecording(file: string, recording: Recording): Promise<void> {
  await writeFile(file, JSON.stringify(recording));
}

/** Reads a recording. */
export async function readRecording(file: string): Promise<Recording> {
  return recordingSchema.parse(JSON.parse(await readFile(file, "utf8")));
}
