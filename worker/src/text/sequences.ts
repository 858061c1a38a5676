import { clsId, padId, sepId, type Documents, type Sequences } from "./types.js";

/** Rows of ids of at most `length` as sequences, padded at the end. */
export function toSequences(rows: readonly (readonly number[])[], length: number): Sequences {
  const ids = new Int32Array(rows.length * length).fill(padId);
  for (const [row, tokens] of rows.entries()) ids.set(tokens, row * length);
  return { count: rows.length, length, ids };
}

/** [CLS] and [SEP], which every packed sequence has. */
export const framing = 2;

/** Segments as one row: [CLS] first [SEP] (second [SEP]). */
export function framed(...segments: readonly (readonly number[])[]): number[] {
  return [clsId, ...segments.flatMap((segment) => [...segment, sepId])];
}

/**
 * 1 behind each row's first [SEP], 0 before, for rows that `framed` made: [size × length]. What is
 * behind a single segment is padding, which is masked whatever it is.
 */
export function segmentsOf(ids: Int32Array, size: number, length: number): Float32Array {
  const segments = new Float32Array(size * length);
  for (let row = 0; row < size; row++) {
    const [start, end] = [row * length, (row + 1) * length];
    segments.fill(1, ids.indexOf(sepId, start) + 1, end);
  }
  return segments;
}

/**
 * Each document's ids cut into full sequences, [CLS] tokens… [SEP]. No sequence spans two
 * documents; a document's last few tokens that fill no sequence are left out, so that no sequence
 * has padding and every batch masks the same number of positions. A document that fills none gives
 * none.
 */
export function packDocuments(documents: Iterable<readonly number[]>, length: number): Sequences {
  const room = length - framing;
  const rows: number[][] = [];
  for (const document of documents) {
    for (let start = 0; start + room <= document.length; start += room) {
      rows.push(framed(document.slice(start, start + room)));
    }
  }
  return toSequences(rows, length);
}

/** Documents of sentences of ids as running text. */
export function runningText(documents: readonly (readonly (readonly number[])[])[]): Documents {
  const text: number[] = [];
  const sentences: number[] = [];
  const starts: number[] = [];
  for (const document of documents) {
    starts.push(text.length);
    for (const sentence of document) {
      sentences.push(text.length);
      for (const id of sentence) text.push(id);
    }
  }
  return {
    ids: Int32Array.from(text),
    sentences: Int32Array.from(sentences),
    documents: Int32Array.of(...starts, text.length),
  };
}

/** One sequence of many; a view, not a copy. */
export function rowOf(sequences: Sequences, row: number): Int32Array {
  return sequences.ids.subarray(row * sequences.length, (row + 1) * sequences.length);
}

/** The given rows in the given order: [rows × length] ids. */
export function gatherRows(sequences: Sequences, rows: Int32Array): Int32Array {
  const ids = new Int32Array(rows.length * sequences.length);
  for (const [to, from] of rows.entries()) ids.set(rowOf(sequences, from), to * sequences.length);
  return ids;
}
