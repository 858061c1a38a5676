import { z } from "zod";
import { searchSettingsSchema, taskNames } from "@opnas/core";

/** The paths on this machine that a run's text is read from. */
export const textPlacesSchema = z.strictObject({
  /** The folder of users' own texts; nothing outside of it is read. */
  own: z.string(),
  /** The folder of prepared texts. */
  cache: z.string(),
  /** The file with the key of the prepared user's text that the run began with. */
  keyFile: z.string(),
});
export type TextPlaces = z.infer<typeof textPlacesSchema>;

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
