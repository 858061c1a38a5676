import { OpnasError, type Random, type TaskName } from "@opnas/core";

import { isAlphabetic } from "../text/words.js";
import type { Sentence, Word, WordEncoder } from "../text/tokenizer.js";
import type { Sequences } from "../text/types.js";
import type { BigramModel } from "./bigram.js";

/** The text that tasks are built from. No document is in two of its parts. */
export interface TaskText {
  /** Token strings by id. */
  vocabulary: readonly string[];
  encoder: WordEncoder;
  /** The number of times each word occurs in the pre-training documents. */
  wordCounts: ReadonlyMap<string, number>;
  /** A bigram model of the pre-training documents. */
  bigrams: BigramModel;
  /** Sentences of the task-training documents. */
  train: readonly Sentence[];
  /** Sentences of the test documents. */
  test: readonly Sentence[];
  /** The test documents as full sequences. */
  windows: Sequences;
  /** Tokens in a sequence. */
  length: number;
  /** Most test examples of a task. */
  examples: number;
}

/** Fewest examples of a task; with fewer, a score says nothing. */
export const fewestExamples = 16;

/**
 * Checks the number of a task's examples.
 * @throws OpnasError BAD_SETTING if there are too few, as with very short sequences
 */
export function requireExamples(
  name: TaskName,
  examples: readonly unknown[],
  length: number,
): void {
  if (examples.length >= fewestExamples) return;
  throw new OpnasError(
    "BAD_SETTING",
    `The text has ${examples.length} examples of the task "${name}" in sequences of ${length} tokens, where ${fewestExamples} are needed; make the sequences longer, add text, or leave the task out.`,
  );
}

/**
 * Returns true for a word of letters only, as opposed to digits, punctuation and special tokens.
 */
export function isWord(word: Word | undefined): boolean {
  return word !== undefined && isAlphabetic(word.text);
}

/**
 * Makes up to `count` labelled examples, as many of class 0 as of class 1. Candidates are tried in
 * random order; each that `make` can use becomes an example of class 0 or 1 in turn.
 */
export function balanced<Candidate, Example>(
  random: Random,
  candidates: readonly Candidate[],
  count: number,
  make: (candidate: Candidate, label: number) => Example | undefined,
): Example[] {
  const examples: Example[] = [];
  for (const candidate of random.shuffle(candidates)) {
    if (examples.length === count) break;
    const example = make(candidate, examples.length % 2);
    if (example !== undefined) examples.push(example);
  }
  return examples.slice(0, examples.length - (examples.length % 2));
}
