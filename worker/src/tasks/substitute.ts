import { isAlphabetic } from "../text/words.js";
import type { ZeroShotTask } from "../text/types.js";
import type { TaskText } from "./taskText.js";
import { innerIndices, clozeQuestions, taskStream, WholeWords, zeroShotTask } from "./zeroShot.js";

/** Most places between the hidden word and the others in the list of words by frequency. */
const reach = 8;
const others = 4;

/**
 * Builds the task "substitute": a word is hidden; it and four others about as frequent are offered.
 */
export function substituteTask(text: TaskText): ZeroShotTask {
  const random = taskStream("substitute");
  const words = new WholeWords(text.vocabulary);
  const byFrequency = wordsByFrequency(text);
  const ranks = new Map(byFrequency.map((id, rank) => [id, rank]));
  const questions = clozeQuestions(
    random,
    text.windows,
    text.examples,
    (row) => innerIndices(text.length, 1).filter((index) => words.at(row, index)),
    (row, index) => {
      const original = row[index] ?? 0;
      const rank = ranks.get(original);
      if (rank === undefined) return undefined;
      const alike = byFrequency
        .slice(Math.max(0, rank - reach), rank + reach + 1)
        .filter((id) => id !== original);
      if (alike.length < others) return undefined;
      const choices = [original, ...random.shuffle(alike).slice(0, others)];
      return { row, positions: [index], choices: choices.map((id) => [id]) };
    },
  );
  return zeroShotTask("substitute", questions, text, 100 / (1 + others));
}

/**
 * Returns the ids of words that are one piece, the most frequent in the pre-training documents
 * first.
 */
function wordsByFrequency({ vocabulary, wordCounts }: TaskText): number[] {
  return vocabulary
    .map((token, id) => ({ token, id, count: wordCounts.get(token) ?? 0 }))
    .filter(({ token, count }) => count > 0 && isAlphabetic(token))
    .sort((a, b) => b.count - a.count || a.id - b.id)
    .map(({ id }) => id);
}
