import { readFile, stat } from "node:fs/promises";

import { OpnasError } from "@opnas/core";

import { filledUp, specialTokens } from "../vocabulary.js";

/** Largest file: 100,000 pieces, the most that settings allow, of 100 bytes. */
const mostBytes = 10e6;

/**
 * Reads the pieces of a vocabulary file in the format of BERT's vocab.txt (one a line, without
 * capitals) and returns them in the order of our ids: the special tokens, then the others in the
 * file's order, then [unused…] until there are `size`. A line without any character is an unused piece; one
 * of white space only, such as the line separator in BERT's Chinese list, is a piece like others.
 *
 * @param file its path, and its name for messages
 * @throws OpnasError BAD_INPUT if it is not such a file or has more than `size` pieces
 */
export async function readVocabulary(
  { name, path }: { name: string; path: string },
  size: number,
): Promise<string[]> {
  const lines = (await contentOf(path, name)).split(/\r?\n/);
  const known = new Set<string>();
  for (const [index, piece] of lines.entries()) {
    if (piece === "") continue; // An unused piece: the vocabulary is filled up with such.
    if (known.has(piece)) throw bad(`line ${index + 1} of ${name} repeats "${piece}"`);
    known.add(piece);
  }
  const missing = specialTokens.filter((token) => !known.has(token));
  if (missing.length > 0) {
    throw bad(`${name} lacks the special tokens ${missing.join(", ")}, one a line`);
  }
  if (known.size > size) {
    throw bad(
      `${name} has ${known.size} pieces, the setting size.vocabulary is ${size}: set it to ${known.size}`,
    );
  }
  return filledUp([...specialTokens, ...known], size);
}

async function contentOf(path: string, name: string): Promise<string> {
  try {
    const file = await stat(path);
    if (file.isFile() && file.size <= mostBytes) {
      return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
    }
  } catch (error) {
    throw bad(`${name} is not a file of UTF-8 text that can be read`, error);
  }
  throw bad(`${name} is not a file of at most ${mostBytes / 1e6} MB`);
}

function bad(what: string, cause?: unknown): OpnasError {
  return new OpnasError("BAD_INPUT", `The vocabulary cannot be used: ${what}.`, { cause });
}
