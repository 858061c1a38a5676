import { z } from "zod";

/** Where a run's text comes from on this machine. */
export const textPlacesSchema = z.strictObject({
  /** Users' own texts: nothing outside of it is read. */
  own: z.string(),
  /** Prepared texts. */
  cache: z.string(),
  /** Holds the key of the prepared text that the run began with, if that is of a user's own text. */
  keyFile: z.string(),
});
export type TextPlaces = z.infer<typeof textPlacesSchema>;
