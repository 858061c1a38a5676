import { searchSettingsSchema, taskNames } from "@opnas/core";
import { z } from "zod";
import { textPlacesSchema } from "./places.js";

/** The prepared data that a run needs, whatever text it is made from. */
export const dataRequestSchema = z.object({
  /** Entries of the vocabulary, special tokens included. */
  vocabulary: z.int(),
  /** Tokens in a sequence, [CLS] and [SEP] included. */
  length: z.int(),
  /** Tasks to build; their order is kept. */
  tasks: z.array(z.enum(taskNames)).readonly(),
  /** Most test examples of a task. */
  evaluationExamples: z.int(),
});
export type DataRequest = z.infer<typeof dataRequestSchema>;

/** A request for data made from a user's text or with a user's vocabulary. */
export const userTextRequestSchema = z.object({
  request: dataRequestSchema,
  text: searchSettingsSchema.shape.text,
  places: textPlacesSchema,
});
export type UserTextRequest = z.infer<typeof userTextRequestSchema>;
