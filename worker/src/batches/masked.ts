import { searchSettingsSchema, stream } from "@opnas/core";
import { z } from "zod";
import { batchRows } from "./batchRows.js";
import { maskBatch } from "./masking.js";
import { gatherRows } from "../text/sequences.js";
import type { PreparedData } from "../text/types.js";

const ids = z.custom<Int32Array>((value) => value instanceof Int32Array);
const count = z.int().min(1);

/** Sequences [size × length] with some tokens hidden, as `maskBatch` does. */
export const maskedSequencesSchema = z.object({
  ids,
  positions: ids,
  targets: ids,
  size: count,
  length: count,
});
export type MaskedSequences = z.infer<typeof maskedSequencesSchema>;

/** What a thread that draws batches starts from. */
export const drawingSchema = z.object({
  settings: z.object({
    masking: z.number(),
    mutation: searchSettingsSchema.shape.mutation,
    size: z.object({ layers: count, vocabulary: count }),
    superNet: z.object({ branches: searchSettingsSchema.shape.superNet.shape.branches }),
  }),
  data: z.object({ pretrain: z.object({ count, length: count, ids }) }),
  /** Sequences of a batch. */
  size: count,
  seed: z.int(),
  purpose: z.string(),
  /** The first step to draw for. */
  first: z.int(),
});
export type Drawing = z.infer<typeof drawingSchema>;

/** The batch of each pre-training step; it follows from (seed, purpose, step) alone. */
export function maskedBatches(
  { masking, size: { vocabulary } }: Drawing["settings"],
  { pretrain }: Pick<PreparedData, "pretrain">,
  size: number,
  seed: number,
  purpose: string,
): (step: number) => MaskedSequences {
  const rows = batchRows(pretrain.count, size, seed, `${purpose}: batches`);
  return (step) => {
    const random = stream(seed, `${purpose}: masks`, step);
    const masked = maskBatch(random, gatherRows(pretrain, rows(step)), masking, vocabulary);
    return { ...masked, size, length: pretrain.length };
  };
}
