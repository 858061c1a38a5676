import { searchSettingsSchema, stream } from "@opnas/core";
import { z } from "zod";
import { batchRows } from "./batchRows.js";
import { maskBatch } from "./masking.js";
import { int32ArraySchema } from "../text/schemas.js";
import { gatherRows } from "../text/sequences.js";
import type { PreparedData } from "../text/types.js";

const count = z.int().min(1);

/** A batch of sequences [size × length] with some tokens hidden by `maskBatch`. */
export const maskedSequencesSchema = z.object({
  ids: int32ArraySchema,
  positions: int32ArraySchema,
  targets: int32ArraySchema,
  size: count,
  length: count,
});
export type MaskedSequences = z.infer<typeof maskedSequencesSchema>;

/** Everything that the batches of a training by masked language modelling follow from. */
export const batchSpecSchema = z.object({
  settings: z.object({
    masking: z.number(),
    mutation: searchSettingsSchema.shape.mutation,
    size: z.object({ layers: count, vocabulary: count }),
    superNet: z.object({ branches: searchSettingsSchema.shape.superNet.shape.branches }),
  }),
  data: z.object({ pretrain: z.object({ count, length: count, ids: int32ArraySchema }) }),
  /** Sequences of a batch. */
  size: count,
  seed: z.int(),
  purpose: z.string(),
  /** The first step to make a batch for. */
  first: z.int(),
});
export type BatchSpec = z.infer<typeof batchSpecSchema>;

/** Returns a function from a step to its batch, which follows from (seed, purpose, step) alone. */
export function maskedBatches(
  { masking, size: { vocabulary } }: BatchSpec["settings"],
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
