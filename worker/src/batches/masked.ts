import { type Random, searchSettingsSchema, stream } from "@opnas/core";
import { z } from "zod";
import { firstWordId, maskId, type PreparedData } from "../text/types.js";
import { batchRows } from "./batchRows.js";
import { repeatStretches } from "./repeats.js";
import { maskReversals } from "./reversals.js";
import { int32ArraySchema } from "../text/schemas.js";
import { gatherRows } from "../text/sequences.js";

/** A batch with some of its tokens hidden. */
export interface MaskedBatch {
  /** The ids with the chosen positions replaced, in the shape of the input. */
  ids: Int32Array;
  /** Chosen indices into `ids` (row × length + column), ascending. */
  positions: Int32Array;
  /** The ids that stood at `positions`, in that order. */
  targets: Int32Array;
}

/**
 * Hides tokens as BERT does (Devlin et al. 2019): of the chosen positions 80 % become [MASK], 10 %
 * a random word piece, 10 % stay. Special tokens and padding are never chosen, nor used as a
 * replacement.
 *
 * Exactly round(fraction × tokens that may be hidden), at least one, are chosen over the batch as a
 * whole. Pre-training sequences are full, so every batch of one size gives tensors of one shape.
 *
 * @param ids [rows × length]; they stay unchanged
 * @param fraction share of the tokens to hide, 0–1
 * @param vocabulary number of entries, special tokens included
 */
export function maskBatch(
  random: Random,
  ids: Int32Array,
  fraction: number,
  vocabulary: number,
): MaskedBatch {
  const maskable: number[] = [];
  for (const [position, id] of ids.entries()) if (id >= firstWordId) maskable.push(position);
  const count = Math.min(maskable.length, Math.max(1, Math.round(fraction * maskable.length)));
  const positions = Int32Array.from(random.shuffle(maskable).slice(0, count)).sort();

  const masked = ids.slice();
  const targets = new Int32Array(count);
  for (const [index, position] of positions.entries()) {
    targets[index] = ids[position] ?? 0;
    const fate = random.next();
    if (fate < 0.8) masked[position] = maskId;
    else if (fate < 0.9) masked[position] = firstWordId + random.int(vocabulary - firstWordId);
  }
  return { ids: masked, positions, targets };
}

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
    repeats: z.number(),
    reversals: z.number(),
    mutation: searchSettingsSchema.shape.mutation,
    size: z.object({ layers: count, vocabulary: count }),
    superNet: z.object({
      branches: searchSettingsSchema.shape.superNet.shape.branches,
      vanilla: searchSettingsSchema.shape.superNet.shape.vanilla,
    }),
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

/**
 * Returns a function from a step to its batch, which follows from (seed, purpose, step) alone. The
 * reversed sequences come first, then those with a repeated stretch.
 */
export function maskedBatches(
  { masking, repeats, reversals, size: { vocabulary } }: BatchSpec["settings"],
  { pretrain }: Pick<PreparedData, "pretrain">,
  size: number,
  seed: number,
  purpose: string,
): (step: number) => MaskedSequences {
  const rows = batchRows(pretrain.count, size, seed, `${purpose}: batches`);
  return (step) => {
    const random = stream(seed, `${purpose}: masks`, step);
    const ids = gatherRows(pretrain, rows(step));
    const border = Math.round(size * reversals) * pretrain.length;
    const rest = ids.subarray(border);
    repeatStretches(stream(seed, `${purpose}: repeats`, step), rest, pretrain.length, repeats);
    const masked = maskBatch(random, rest, masking, vocabulary);
    if (border === 0) return { ...masked, size, length: pretrain.length };
    const reversed = maskReversals(
      stream(seed, `${purpose}: reversals`, step),
      ids.subarray(0, border),
      pretrain.length,
    );
    return {
      ids: concatenated(reversed.ids, masked.ids),
      positions: concatenated(
        reversed.positions,
        masked.positions.map((position) => border + position),
      ),
      targets: concatenated(reversed.targets, masked.targets),
      size,
      length: pretrain.length,
    };
  };
}

function concatenated(first: Int32Array, second: Int32Array): Int32Array {
  const both = new Int32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
