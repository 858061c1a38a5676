import { framed } from "../text/sequences.js";
import type { WordEncoder } from "../text/tokenizer.js";

/** Returns the ids of a text's word pieces. */
export function piecesOf(encoder: WordEncoder, text: string): number[] {
  return [...encoder.placedWords(text)].flatMap(({ ids }) => ids);
}

/**
 * Encodes one or two texts as a row of at most `length` ids: [CLS] a [SEP] (b [SEP]). A row that is
 * too long is cut at a text's end, of two texts the longer one first (BERT, Devlin et al. 2019).
 */
export function encodeRow(
  encoder: WordEncoder,
  texts: readonly string[],
  length: number,
): number[] {
  const segments = texts.map((text) => piecesOf(encoder, text));
  let excess = segments.reduce((sum, ids) => sum + ids.length + 1, 1) - length;
  for (; excess > 0; excess--) longestOf(segments)?.pop();
  return framed(...segments);
}

/** Counts the rows that `encodeRow` cuts. */
export function countCut(
  encoder: WordEncoder,
  rows: readonly (readonly string[])[],
  length: number,
): number {
  const lengthOf = (texts: readonly string[]) =>
    texts.reduce((sum, text) => sum + piecesOf(encoder, text).length + 1, 1);
  return rows.filter((texts) => lengthOf(texts) > length).length;
}

/** Returns the longest segment, the last of equals. */
function longestOf(segments: readonly number[][]): number[] | undefined {
  return segments.reduce<number[] | undefined>(
    (longest, ids) => (longest && longest.length > ids.length ? longest : ids),
    undefined,
  );
}
