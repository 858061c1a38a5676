import { z } from "zod";

const settingsSchema = z.object({
  text: z.object({ folder: z.string().nullable(), vocabulary: z.string().nullable() }),
});

/** What a run read in place of the built-in text, in words; null where that was nothing. */
export function ownText(settings: unknown): string | null {
  const text = settingsSchema.safeParse(settings).data?.text;
  if (!text) return null;
  const parts = [
    text.folder !== null && `own text ${text.folder}`,
    text.vocabulary !== null && `vocabulary ${text.vocabulary}`,
  ].filter((part) => part !== false);
  return parts.length > 0 ? parts.join(", ") : null;
}
