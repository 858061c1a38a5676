import { OpnasError, stream, type Random } from "@opnas/core";
import { z } from "zod";
import { batchRows } from "./batchRows.js";
import { maskedSequencesSchema, maskBatch } from "./masked.js";
import { documentsSchema, int32ArraySchema } from "../text/schemas.js";
import { framed } from "../text/sequences.js";
import type { Documents } from "../text/types.js";

/** A batch of sentence pairs [CLS] a [SEP] b [SEP] with some tokens hidden, all of full length. */
export const maskedPairsSchema = maskedSequencesSchema.extend({
  /** [size]: 1 where b follows a in its document, 0 where it comes from another. */
  follows: int32ArraySchema,
});
export type MaskedPairs = z.infer<typeof maskedPairsSchema>;

const count = z.int().min(1);

/** Everything that the batches of a full pre-training follow from. */
export const pairBatchSpecSchema = z.object({
  documents: documentsSchema,
  /** Pairs of a batch, and tokens of a pair with [CLS] and both [SEP]. */
  size: count,
  length: count,
  masking: z.number(),
  vocabulary: count,
  seed: z.int(),
  /** The first batch to make. */
  first: z.int(),
});
export type PairBatchSpec = z.infer<typeof pairBatchSpecSchema>;

/**
 * A place where b may begin: the start of a sentence with enough text of its document around it.
 */
interface Boundary {
  at: number;
  document: number;
}

/**
 * Returns a function from an index to that batch of a full pre-training, which follows from (seed,
 * index) alone. Every epoch takes every sentence start once as the border of a pair: a is the text
 * before it; b is the text after it in about half of the pairs, and in the others the text after a
 * sentence start of another document. A quarter to three quarters of a pair is a. Both are cut, a
 * at its front and b at its end, so that every pair is full: there is no padding, and every batch
 * of one size gives tensors of one shape.
 *
 * @throws OpnasError BAD_INPUT when fewer than two documents have two sentences, BAD_SETTING when fewer than two documents
 *   are long enough
 */
export function pairBatches(spec: Omit<PairBatchSpec, "first">): (index: number) => MaskedPairs {
  const { documents, size, length, masking, vocabulary, seed } = spec;
  const { tokens, shortest, reach } = partsOf(length);
  const boundaries = boundariesOf(documents, reach);
  if (boundaries[0]?.document === boundaries.at(-1)?.document) throw tooFew(documents, reach);
  const elsewhere = elsewhereIn(boundaries);
  const rows = batchRows(boundaries.length, size, seed, "pre-training: borders");

  const pairAt = (random: Random, border: Boundary) => {
    const before = shortest + random.int(tokens - 2 * shortest + 1);
    const follows = random.next() < 0.5;
    const second = follows ? border : elsewhere(random, border);
    const ids = framed(
      [...documents.ids.subarray(border.at - before, border.at)],
      [...documents.ids.subarray(second.at, second.at + tokens - before)],
    );
    return { ids, follows };
  };
  return (index) => {
    const random = stream(seed, "pre-training: pairs", index);
    const pairs = [...rows(index)].flatMap((row) => {
      const border = boundaries[row];
      return border ? [pairAt(random, border)] : [];
    });
    const ids = Int32Array.from(pairs.flatMap((pair) => pair.ids));
    const masks = stream(seed, "pre-training: masks", index);
    return {
      ...maskBatch(masks, ids, masking, vocabulary),
      follows: Int32Array.from(pairs, ({ follows }) => Number(follows)),
      size,
      length,
    };
  };
}

/**
 * Counts the documents that give no pair of this length: those in which no sentence begins with
 * enough text before and behind it.
 */
export function documentsWithoutPairs(documents: Documents, length: number): number {
  const found = boundariesOf(documents, partsOf(length).reach);
  return documents.documents.length - 1 - new Set(found.map(({ document }) => document)).size;
}

/**
 * Divides a pair of this length: its tokens without [CLS] and two [SEP], the fewest of either text,
 * and how far a text may reach from the border.
 */
function partsOf(length: number) {
  const tokens = length - 3;
  const shortest = Math.max(1, Math.floor(tokens / 4));
  return { tokens, shortest, reach: tokens - shortest };
}

/**
 * Finds sentence starts with `reach` tokens of their document on either side, in document order.
 */
function boundariesOf({ sentences, documents }: Documents, reach: number): Boundary[] {
  const found: Boundary[] = [];
  let document = 0;
  for (const at of sentences) {
    while (at >= (documents[document + 1] ?? Infinity)) document++;
    const [start = 0, end = 0] = documents.subarray(document, document + 2);
    if (at - start >= reach && end - at >= reach) found.push({ at, document });
  }
  return found;
}

/** Tells why there are no pairs: documents of one sentence each, which no length helps, or short ones. */
function tooFew(
  { sentences, documents }: Pick<Documents, "sentences" | "documents">,
  reach: number,
): OpnasError {
  // Every document begins with a sentence; those that have more have more starts.
  const starts = new Set(documents);
  let withSeveral = 0;
  for (const [index, at] of sentences.entries()) {
    const isSecond = !starts.has(at) && starts.has(sentences[index - 1] ?? 0);
    if (isSecond) withSeveral += 1;
  }
  if (withSeveral < 2) {
    return new OpnasError(
      "BAD_INPUT",
      `${withSeveral === 0 ? "No document" : "Only one document"} of the text has two sentences, so there are no sentence pairs to pre-train on. A document is a file, or a line of a .jsonl file; its sentences end with a full stop or another such mark.`,
    );
  }
  return new OpnasError(
    "BAD_SETTING",
    `Too few documents are long enough for sentence pairs of ${reach} tokens and more: choose a smaller length.`,
  );
}

/** Returns a function that samples a boundary of another document, each equally likely. */
function elsewhereIn(boundaries: readonly Boundary[]) {
  const own = new Map<number, { first: number; count: number }>();
  for (const [first, { document }] of boundaries.entries()) {
    const range = own.get(document);
    if (range) range.count++;
    else own.set(document, { first, count: 1 });
  }
  return (random: Random, { document }: Boundary): Boundary => {
    const { first, count } = own.get(document) ?? { first: 0, count: 0 };
    const index = random.int(boundaries.length - count);
    const other = boundaries[index < first ? index : index + count];
    if (!other) throw new OpnasError("INTERNAL", "There is no other document.");
    return other;
  };
}
