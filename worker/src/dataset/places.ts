import { z } from "zod";

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
