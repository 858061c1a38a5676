import type { ZeroShotTask } from "../text/types.js";
import type { TaskText } from "./taskText.js";
import { innerIndices, clozeQuestions, taskStream, WholeWords, zeroShotTask } from "./zeroShot.js";

/**
 * Builds the task "swap": two different neighbouring words are hidden, and both orders are offered.
 */
export function swapTask(text: TaskText): ZeroShotTask {
  const words = new WholeWords(text.vocabulary);
  const inner = innerIndices(text.length, 2);
  const questions = clozeQuestions(
    taskStream("swap"),
    text.windows,
    text.examples,
    (row) =>
      inner.filter(
        (index) =>
          words.at(row, index) && words.at(row, index + 1) && row[index] !== row[index + 1],
      ),
    (row, index) => {
      const [first, second] = row.subarray(index, index + 2);
      if (first === undefined || second === undefined) return undefined;
      return {
        row,
        positions: [index, index + 1],
        choices: [
          [first, second],
          [second, first],
        ],
      };
    },
  );
  return zeroShotTask("swap", questions, text, 50);
}
