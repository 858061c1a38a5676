import { framedBy } from "../text/sequences.js";
import type { WordEncoder } from "../text/tokenizer.js";

/** Returns the ids of a text's word pieces. */
export function piecesOf(encoder: WordEncoder, text: string): number[] {
  return [...encoder.placedWords(text)].flatMap(({ ids }) => ids);
}

/**
 * Encodes one or two texts as a row of at most `length` ids (`framedBy`). A row that is
 * too long is cut at a text's end, of two texts the longer one first (BERT, Devlin et al. 2019).
 */
export function encodeRow(
  encoder: WordEncoder,
  texts: readonly string[],
  length: number,
): number[] {
  const segments = texts.map((text) => piecesOf(encoder, text));
  const { separators } = encoder;
  for (let excess = lengthOf(separators, segments) - length; excess > 0; excess--) {
    longestOf(segments)?.pop();
  }
  return framedBy(separators, segments);
}

/** Counts the tokens of a row of these segments, the special ones included. */
function lengthOf(separators: number, segments: readonly (readonly number[])[]): number {
  const between = (separators - 1) * (segments.length - 1);
  return segments.reduce((sum, ids) => sum + ids.length + 1, 1 + between);
}

/** Counts the rows that `encodeRow` cuts. */
export function countCut(
  encoder: WordEncoder,
  rows: readonly (readonly string[])[],
  length: number,
): number {
  const piecesIn = (texts: readonly string[]) => texts.map((text) => piecesOf(encoder, text));
  return rows.filter((texts) => lengthOf(encoder.separators, piecesIn(texts)) > length).length;
}

/** Returns the longest segment, the last of equals. */
function longestOf(segments: readonly number[][]): number[] | undefined {
  return segments.reduce<number[] | undefined>(
    (longest, ids) => (longest && longest.length > ids.length ? longest : ids),
    undefined,
  );
}
