import { reverseHalf, sampleHidden } from "../batches/reversals.js";
import { maskId, type ZeroShotTask } from "../text/types.js";
import type { TaskText } from "./taskText.js";
import { clozeQuestions, taskStream, WholeWords, zeroShotTask } from "./zeroShot.js";
import { likeliestOthers } from "./recall.js";

const others = 4;

/**
 * Builds the task "reversal": the second half of a sequence is its first half in reverse order, most
 * of it hidden, and one hidden word is asked for. It is offered with the four words of the same
 * sequence that its neighbours make likeliest by bigrams. It stands unhidden in the first half, at a
 * distance that depends on its place, which no kernel of a convolution fits: reversal of strings
 * separates architectures in Delétang et al. 2023.
 */
export function reversalTask(text: TaskText): ZeroShotTask {
  const random = taskStream("reversal");
  const words = new WholeWords(text.vocabulary);
  const questions = clozeQuestions(
    random,
    text.windows,
    text.examples,
    (row) => {
      const whole = row.slice();
      reverseHalf(whole);
      const hidden = sampleHidden(random, row.length);
      const shown = whole.slice();
      for (const at of hidden) shown[at] = maskId;
      // A word stands before its continuations in the first half and behind them in the second.
      const mirrored = (at: number) => row.length - 1 - at;
      return hidden
        .filter((index) => words.at(row, mirrored(index)))
        .map((index) => ({ whole, shown, index }));
    },
    (_, { whole, shown, index }) => {
      const original = whole[index] ?? 0;
      const likeliest = likeliestOthers(text, words, shown, index, original, others);
      if (likeliest === undefined) return undefined;
      const choices = [original, ...likeliest];
      return { row: shown, positions: [index], choices: choices.map((id) => [id]) };
    },
  );
  return zeroShotTask("reversal", questions, text, 100 / (1 + others));
}
