import { stream, type Random } from "@opnas/core";

import { rowOf, toSequences } from "../text/sequences.js";
import { isAlphabetic } from "../text/words.js";
import { firstWordId, maskId, type Sequences, type ZeroShotTask } from "../text/types.js";
import { dataSeed } from "../text/corpus.js";
import type { BigramModel } from "./bigram.js";
import { requireExamples, type TaskText } from "./taskText.js";

/** A question: a sequence, the positions to hide, and choices to fill them, the original first. */
export interface ClozeQuestion {
  row: Int32Array;
  positions: readonly number[];
  choices: readonly (readonly number[])[];
}

/**
 * Makes a zero-shot task of questions with as many positions and choices each, with its baselines.
 */
export function zeroShotTask(
  name: ZeroShotTask["name"],
  questions: readonly ClozeQuestion[],
  text: TaskText,
  majority: number,
): ZeroShotTask {
  requireExamples(name, questions, text.length);
  const rows = questions.map(({ row, positions }) =>
    positions.reduce((ids, position) => ids.with(position, maskId), row),
  );
  const right = questions.filter((question) => likeliest(question, text.bigrams) === 0).length;
  return {
    kind: "zeroShot",
    name,
    test: toSequences(
      rows.map((row) => [...row]),
      text.length,
    ),
    positionsPerItem: questions[0]?.positions.length ?? 0,
    positions: Int32Array.from(questions.flatMap(({ positions }) => positions)),
    choicesPerItem: questions[0]?.choices.length ?? 0,
    choices: Int32Array.from(questions.flatMap(({ choices }) => choices.flat())),
    baselines: { majority, ngram: (100 * right) / questions.length },
  };
}

/** Returns the index of the choice that a bigram model finds likeliest. */
function likeliest({ row, positions, choices }: ClozeQuestion, bigrams: BigramModel): number {
  const first = positions[0] ?? 0;
  const scores = choices.map((choice) => {
    const phrase = [row[first - 1] ?? 0, ...choice, row[first + choice.length] ?? 0];
    return phrase
      .slice(1)
      .reduce(
        (sum, id, index) =>
          id < firstWordId ? sum : sum + Math.log(bigrams.next(phrase[index] ?? 0, id)),
        0,
      );
  });
  return scores.indexOf(Math.max(...scores));
}

/** Recognises whole words: pieces that are letters only and have no continuation in the row. */
export class WholeWords {
  private readonly starts: readonly boolean[];
  private readonly continues: readonly boolean[];

  constructor(vocabulary: readonly string[]) {
    this.starts = vocabulary.map((token, id) => id >= firstWordId && isAlphabetic(token));
    this.continues = vocabulary.map((token) => token.startsWith("##"));
  }

  /**
   * Returns true if the id at `index` is a whole word, false also at a row's end, where it is
   * unknown.
   */
  at(row: Int32Array, index: number): boolean {
    const next = row[index + 1];
    return (
      this.starts[row[index] ?? 0] === true && next !== undefined && this.continues[next] === false
    );
  }
}

/**
 * Samples up to `count` questions, at most one from each sequence of the test text, at one of the
 * places that `placesIn` returns. `ask` returns undefined for a place that it cannot use.
 */
export function clozeQuestions<Place>(
  random: Random,
  windows: Sequences,
  count: number,
  placesIn: (row: Int32Array) => readonly Place[],
  ask: (row: Int32Array, place: Place) => ClozeQuestion | undefined,
): ClozeQuestion[] {
  const questions: ClozeQuestion[] = [];
  for (const index of random.shuffle([...Array(windows.count).keys()])) {
    if (questions.length === count) break;
    const row = rowOf(windows, index);
    const places = placesIn(row);
    if (places.length === 0) continue;
    const question = ask(row, random.pick(places));
    if (question !== undefined) questions.push(question);
  }
  return questions;
}

/** Returns the indices at least `margin` tokens away from a sequence's [CLS] and [SEP]. */
export function innerIndices(length: number, margin: number): number[] {
  return Array.from({ length: Math.max(0, length - 2 - 2 * margin) }, (_, i) => i + 1 + margin);
}

/** Returns the random stream of a zero-shot task. */
export function taskStream(name: ZeroShotTask["name"]): Random {
  return stream(dataSeed, `${name}: questions`);
}
