import { splitWords, wordPattern } from "../../text/words.js";
import type { WordEncoder } from "../../text/tokenizer.js";

/**
 * A passage's word pieces, each with the place of its word in the text: code units [start, end).
 */
export interface Passage {
  pieces: number[];
  starts: number[];
  ends: number[];
}

/**
 * Encodes a passage: the pieces of `piecesOf`, with the places of their words in the unchanged
 * text.
 */
export function encodePassage(encoder: WordEncoder, text: string): Passage {
  const passage: Passage = { pieces: [], starts: [], ends: [] };
  for (const { 0: word, index } of text.matchAll(wordPattern)) {
    for (const part of splitWords(word)) {
      for (const piece of encoder.word(part).ids) {
        passage.pieces.push(piece);
        passage.starts.push(index);
        passage.ends.push(index + word.length);
      }
    }
  }
  return passage;
}

/**
 * Returns the first and last piece of the words that a span of the text touches; undefined if there
 * is none.
 */
export function piecesAt(
  { starts, ends }: Passage,
  span: { start: number; end: number },
): { first: number; last: number } | undefined {
  const first = ends.findIndex((end) => end > span.start);
  const last = starts.findLastIndex((start) => start < span.end);
  return first >= 0 && first <= last ? { first, last } : undefined;
}
