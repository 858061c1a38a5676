import { framed } from "../../text/sequences.js";
import type { WordEncoder } from "../../text/tokenizer.js";
import { piecesOf } from "../encode.js";
import { encodePassage, piecesAt, type Passage } from "./passage.js";
import type { SquadQuestion } from "./read.js";

/** How passages longer than a row are cut, all in word pieces. */
export interface WindowShape {
  /** Of a whole row. */
  length: number;
  /** Most of a question. */
  questionLength: number;
  /** From one window's beginning to the next one's. */
  stride: number;
}

/** A question with its passage in pieces. */
export interface EncodedQuestion {
  question: SquadQuestion;
  pieces: number[];
  passage: Passage;
}

/** A row of a question and as much of its passage as has room: [CLS] question [SEP] part [SEP]. */
export interface Window {
  of: EncodedQuestion;
  /** The passage's pieces [first, end) that are in it. */
  first: number;
  end: number;
  /** Where in the row the passage begins. */
  offset: number;
  /** Where in the row the answer begins and ends; 0, the [CLS], where the window has no whole one. */
  answer: { first: number; last: number };
}

/** Equal passages, which come one after the other in the files, are encoded once. */
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
    return { question, pieces, passage: last.passage };
  });
}

/** The windows that a question's passage is read through, at least one, the last to its end. */
export function windowsOf(of: EncodedQuestion, { length, stride }: WindowShape): Window[] {
  const offset = of.pieces.length + 2;
  const room = length - offset - 1;
  const total = of.passage.pieces.length;
  const answer = of.question.span && piecesAt(of.passage, of.question.span);
  const windows: Window[] = [];
  for (let first = 0; windows.at(-1)?.end !== total; first += Math.min(stride, room)) {
    const end = Math.min(first + room, total);
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

/** A window's ids. */
export function rowOfWindow({ of, first, end }: Window): number[] {
  return framed(of.pieces, of.passage.pieces.slice(first, end));
}

/**
 * For each piece of the passage, the window in which it has most context: the most on its poorer
 * side, a longer window being worth a little (Devlin et al. 2019, their code).
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
