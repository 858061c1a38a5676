import { taskNames, whenValid } from "@opnas/core";
import { z } from "zod";
import { firstWordId, type PreparedData } from "./types.js";

/** An array of 32-bit integers, as it comes from a file or another thread. */
export const int32ArraySchema = z.custom<Int32Array>((value) => value instanceof Int32Array);

const sequencesSchema = z
  .strictObject({ count: z.int().min(1), length: z.int().min(3), ids: int32ArraySchema })
  .refine(({ count, length, ids }) => ids.length === count * length, { when: whenValid });
const labelledSchema = z
  .strictObject({ sequences: sequencesSchema, labels: int32ArraySchema })
  .refine(({ sequences, labels }) => labels.length === sequences.count, { when: whenValid });
const baselinesSchema = z.strictObject({
  majority: z.number().min(0).max(100),
  ngram: z.number().min(0).max(100),
});
const skillSchema = z.strictObject({
  loss: z.number().positive(),
  accuracy: z.number().min(0).max(1),
});

const taskSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("masked"),
    name: z.literal("mlm"),
    test: sequencesSchema,
    masked: sequencesSchema,
    positionsPerItem: z.int().min(1),
    positions: int32ArraySchema,
    targets: int32ArraySchema,
    unigram: skillSchema,
    bigram: skillSchema,
  }),
  z.strictObject({
    kind: z.literal("zeroShot"),
    name: z.enum(taskNames).extract(["swap", "substitute", "preposition", "recall", "reversal"]),
    test: sequencesSchema,
    positionsPerItem: z.int().min(1),
    positions: int32ArraySchema,
    choicesPerItem: z.int().min(2),
    choices: int32ArraySchema,
    baselines: baselinesSchema,
  }),
  z.strictObject({
    kind: z.literal("fineTuned"),
    name: z.enum(taskNames).extract(["half-order", "definition", "far-swap"]),
    classes: z.int().min(2),
    train: labelledSchema,
    test: labelledSchema,
    baselines: baselinesSchema,
  }),
]);

/** `Documents` whose sentences and documents begin within the text and in ascending order. */
export const documentsSchema = z
  .strictObject({ ids: int32ArraySchema, sentences: int32ArraySchema, documents: int32ArraySchema })
  .refine(
    ({ ids, sentences, documents }) =>
      documents[0] === 0 &&
      documents.at(-1) === ids.length &&
      [sentences, documents].every((starts) =>
        starts.every((start, at) => start <= ids.length && start >= (starts[at - 1] ?? 0)),
      ),
    { when: whenValid },
  );

/** `PreparedData`, checked wherever it comes from a file or another thread. */
export const preparedDataSchema: z.ZodType<PreparedData> = z.strictObject({
  vocabulary: z.array(z.string()).min(firstWordId),
  pretrain: sequencesSchema,
  documents: documentsSchema,
  tasks: z.array(taskSchema),
});
