import { clsId, padId, sepId, type Documents, type Sequences } from "./types.js";

/** Makes sequences of rows of at most `length` ids, padded at the end. */
export function toSequences(rows: readonly (readonly number[])[], length: number): Sequences {
  const ids = new Int32Array(rows.length * length).fill(padId);
  for (const [row, tokens] of rows.entries()) ids.set(tokens, row * length);
  return { count: rows.length, length, ids };
}

/** The number of special tokens of a packed sequence: [CLS] and [SEP]. */
export const framing = 2;

/** Frames segments as one row: [CLS] first [SEP] (second [SEP]). */
export function framed(...segments: readonly (readonly number[])[]): number[] {
  return framedBy(1, segments);
}

/**
 * Frames segments as one row, with a number of [SEP] between two of them, as `WordEncoder.separators`
 * says.
 */
export function framedBy(separators: number, segments: readonly (readonly number[])[]): number[] {
  const between = Array.from({ length: separators - 1 }, () => sepId);
  return [
    clsId,
    ...segments.flatMap((segment, at) => [...(at > 0 ? between : []), ...segment, sepId]),
  ];
}

/**
 * Returns 1 after each row's first [SEP] and 0 before, for rows made by `framed`: [size × length].
 * The tokens after a single segment are padding, which is masked in any case.
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
 * Cuts each document's ids into full sequences, [CLS] tokens… [SEP]. No sequence spans two
 * documents. A document's last few tokens that fill no sequence are left out, so that no sequence
 * has padding and every batch masks the same number of positions. A document that fills no sequence
 * gives none.
 */
export function packDocuments(documents: Iterable<readonly number[]>, length: number): Sequences {
  const tokens = length - framing;
  const rows: number[][] = [];
  for (const document of documents) {
    for (let start = 0; start + tokens <= document.length; start += tokens) {
      rows.push(framed(document.slice(start, start + tokens)));
    }
  }
  return toSequences(rows, length);
}

/** Concatenates documents of sentences of ids to running text. */
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

/** Returns a view of one sequence: [length] ids. */
export function rowOf(sequences: Sequences, row: number): Int32Array {
  return sequences.ids.subarray(row * sequences.length, (row + 1) * sequences.length);
}

/** Copies the given rows in the given order: [rows × length] ids. */
export function gatherRows(sequences: Sequences, rows: Int32Array): Int32Array {
  const ids = new Int32Array(rows.length * sequences.length);
  for (const [to, from] of rows.entries()) ids.set(rowOf(sequences, from), to * sequences.length);
  return ids;
}
