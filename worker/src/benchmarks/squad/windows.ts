import type { WordEncoder } from "../../text/tokenizer.js";
import { framedBy } from "../../text/sequences.js";
import { piecesOf } from "../encode.js";
import type { SquadQuestion } from "./read.js";

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
  for (const { ids, start, end } of encoder.placedWords(text)) {
    for (const piece of ids) {
      passage.pieces.push(piece);
      passage.starts.push(start);
      passage.ends.push(end);
    }
  }
  return passage;
}

/**
 * Returns the first and last piece of the words that a span of the text touches; undefined if there
 * is none.
 */
function piecesAt(
  { starts, ends }: Passage,
  span: { start: number; end: number },
): { first: number; last: number } | undefined {
  const first = ends.findIndex((end) => end > span.start);
  const last = starts.findLastIndex((start) => start < span.end);
  return first >= 0 && first <= last ? { first, last } : undefined;
}

/** The sizes of windows, in word pieces. */
export interface WindowShape {
  /** Tokens of a whole row. */
  length: number;
  /** Most pieces of a question. */
  questionLength: number;
  /** Pieces from one window's beginning to the next one's. */
  stride: number;
}

/** A question and its passage in word pieces. */
export interface EncodedQuestion {
  question: SquadQuestion;
  pieces: number[];
  passage: Passage;
  /** Number of [SEP] between the two in a row. */
  separators: number;
}

/** A row of a question and as much of its passage as fits (`framedBy`). */
export interface Window {
  of: EncodedQuestion;
  /** The range [first, end) of the passage's pieces in the window. */
  first: number;
  end: number;
  /** The index in the row at which the passage begins. */
  offset: number;
  /**
   * The answer's first and last index in the row; 0, the [CLS], if the window lacks the whole
   * answer.
   */
  answer: { first: number; last: number };
}

/**
 * Encodes questions and passages; equal passages, which are consecutive in the files, are encoded
 * once.
 */
export function encodeQuestions(
  encoder: WordEncoder,
  questions: readonly SquadQuestion[],
  questionLength: number,
): EncodedQuestion[] {
  let last: { context: string; passage: Passage } | undefined;
  return questions.map((question) => {
    const { context } = question;
    if (last?.context !== context) last = { context, passage: encodePassage(encoder, context) };
    const pieces = piecesOf(encoder, question.text).slice(0, questionLength);
    return { question, pieces, passage: last.passage, separators: encoder.separators };
  });
}

/** Makes the windows of a question's passage: at least one, the last up to the passage's end. */
export function windowsOf(of: EncodedQuestion, { length, stride }: WindowShape): Window[] {
  const offset = 1 + of.pieces.length + of.separators;
  const pieces = length - offset - 1;
  const total = of.passage.pieces.length;
  const answer = of.question.span && piecesAt(of.passage, of.question.span);
  const windows: Window[] = [];
  for (let first = 0; windows.at(-1)?.end !== total; first += Math.min(stride, pieces)) {
    const end = Math.min(first + pieces, total);
    const whole = answer && answer.first >= first && answer.last < end;
    const place = (piece: number) => piece - first + offset;
    windows.push({
      of,
      first,
      end,
      offset,
      answer: whole
        ? { first: place(answer.first), last: place(answer.last) }
        : { first: 0, last: 0 },
    });
  }
  return windows;
}

/** Returns the ids of a window's row. */
export function rowOfWindow({ of, first, end }: Window): number[] {
  return framedBy(of.separators, [of.pieces, of.passage.pieces.slice(first, end)]);
}

/**
 * Returns for each piece of the passage the window in which it has most context: the most on its
 * poorer side, plus a little for a longer window (the code of Devlin et al. 2019).
 */
export function richestWindows(windows: readonly Window[]): Window[] {
  const pieces = windows.at(-1)?.end ?? 0;
  return Array.from({ length: pieces }, (_, piece) => {
    const context = ({ first, end }: Window) =>
      piece >= first && piece < end
        ? Math.min(piece - first, end - 1 - piece) + 0.01 * (end - first)
        : -1;
    return windows.reduce((best, window) => (context(window) > context(best) ? window : best));
  });
}
