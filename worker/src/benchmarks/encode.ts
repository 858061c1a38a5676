import { framed } from "../text/sequences.js";
import { splitWords } from "../text/words.js";
import { idsOf, type WordEncoder } from "../text/tokenizer.js";

/** A text's word pieces. */
export function piecesOf(encoder: WordEncoder, text: string): number[] {
  return idsOf(splitWords(text).map((word) => encoder.word(word)));
}

/**
 * One or two texts as a row of at most `length` ids: [CLS] a [SEP] (b [SEP]). What is too long is
 * cut at its end, of two texts the longer one first (BERT, Devlin et al. 2019).
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

/** How many of the rows `encodeRow` cuts. */
export function countCut(
  encoder: WordEncoder,
  rows: readonly (readonly string[])[],
  length: number,
): number {
  const lengthOf = (texts: readonly string[]) =>
    texts.reduce((sum, text) => sum + piecesOf(encoder, text).length + 1, 1);
  return rows.filter((texts) => lengthOf(texts) > length).length;
}

/** The longest; of equals the last. */
function longestOf(segments: readonly number[][]): number[] | undefined {
  return segments.reduce<number[] | undefined>(
    (longest, ids) => (longest && longest.length > ids.length ? longest : ids),
    undefined,
  );
}
