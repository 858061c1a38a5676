import * as z from "@/security/zod";

const settingsSchema = z.object({
  text: z.object({ folder: z.nullable(z.string()), vocabulary: z.nullable(z.string()) }),
});

/** Describes the text that a run read in place of the built-in one; null for the built-in text. */
export function ownText(settings: unknown): string | null {
  const text = settingsSchema.safeParse(settings).data?.text;
  if (!text) return null;
  const parts = [
    text.folder !== null && `own text ${text.folder}`,
    text.vocabulary !== null && `vocabulary ${text.vocabulary}`,
  ].filter((part) => part !== false);
  return parts.length > 0 ? parts.join(", ") : null;
}
