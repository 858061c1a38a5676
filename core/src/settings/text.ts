import { z } from "zod";
import { whenValid } from "../validation.js";

/** A file or folder within the worker's text folder; no name leads out of it. */
const textName = z
  .string()
  .min(1)
  .max(300)
  .regex(/^[^\\:\p{Cc}]*$/u, { error: "it must be a plain name, without backslash or colon" })
  .refine((name) => name.split("/").every((part) => !["", ".", ".."].includes(part)), {
    error: "it must be a name within the worker's text folder: not absolute, no . or .. in it",
    when: whenValid,
  });

/** A text and its vocabulary, by their names within the worker's text folder. */
export const textSchema = z.strictObject({
  folder: textName.nullable().default(null).meta({
    title: "Own text (folder name)",
    description: "Folder of .txt and .jsonl files to train on; empty: the built-in text.",
  }),
  vocabulary: textName.nullable().default(null).meta({
    title: "Vocabulary file",
    description:
      "WordPiece vocabulary as BERT's vocab.txt, one piece a line; empty: one is trained on the text.",
  }),
});

/** The text that comes with the platform, with a vocabulary trained on it. */
export const builtInText = { folder: null, vocabulary: null };
