import { sampleRepeat } from "../batches/repeats.js";
import type { ZeroShotTask } from "../text/types.js";
import { clozeQuestions, taskStream, WholeWords, zeroShotTask } from "./zeroShot.js";
import type { TaskText } from "./taskText.js";

const others = 4;

/**
 * Builds the task "recall": a stretch of a sequence occurs a second time at a random later place, and
 * a word of the second occurrence is hidden. It is offered with the four words of the same sequence
 * that its neighbours make likeliest by bigrams: neither word counts nor neighbours give it away, a
 * look at the first occurrence does. MAD (Poli et al. 2024) and Zoology (Arora et al. 2023) rate
 * architectures by recall within the context.
 */
export function recallTask(text: TaskText): ZeroShotTask {
  const random = taskStream("recall");
  const words = new WholeWords(text.vocabulary);
  const questions = clozeQuestions(
    random,
    text.windows,
    text.examples,
    (row) => {
      const { from, to, length } = sampleRepeat(random, text.length);
      const repeated = row.slice().copyWithin(to, from, from + length);
      return [...Array(length).keys()]
        .map((at) => to + at)
        .filter((index) => words.at(repeated, index))
        .map((index) => ({ repeated, index }));
    },
    (_, { repeated, index }) => {
      const original = repeated[index] ?? 0;
      const likeliest = likeliestOthers(text, words, repeated, index, original, others);
      if (likeliest === undefined) return undefined;
      const choices = [original, ...likeliest];
      return { row: repeated, positions: [index], choices: choices.map((id) => [id]) };
    },
  );
  return zeroShotTask("recall", questions, text, 100 / (1 + others));
}

/**
 * Returns the `count` words of a row, other than `original`, that the neighbours of a position make
 * likeliest by bigrams; undefined if the row has fewer.
 */
export function likeliestOthers(
  { bigrams }: TaskText,
  words: WholeWords,
  row: Int32Array,
  index: number,
  original: number,
  count: number,
): number[] | undefined {
  const likelihood = bigrams.between(row[index - 1] ?? 0, row[index + 1] ?? 0);
  const present = [...row.keys()].filter((at) => words.at(row, at)).map((at) => row[at] ?? 0);
  const likeliest = [...new Set(present)]
    .filter((id) => id !== original)
    .sort((a, b) => (likelihood[b] ?? 0) - (likelihood[a] ?? 0) || a - b)
    .slice(0, count);
  return likeliest.length < count ? undefined : likeliest;
}
