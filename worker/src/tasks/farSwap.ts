import type { Random } from "@opnas/core";

import { framed } from "../text/sequences.js";
import { idsOf, type Sentence } from "../text/tokenizer.js";
import type { FineTuneTask } from "../text/types.js";
import { sentenceTask, type LabelledRow } from "./fineTuned.js";
import { isWord, type TaskText } from "./taskText.js";

const fewestWords = 8;
/** Fewest words from one exchanged word to the other. */
const leastDistance = 4;

/**
 * Builds the task "far-swap": [CLS] sentence [SEP], class 1 if two different distant words changed
 * places.
 */
export function farSwapTask(text: TaskText): FineTuneTask {
  return sentenceTask("far-swap", text, exampleOf);
}

/** Makes an example of either class; undefined for a sentence in which no exchange is possible. */
function exampleOf(
  random: Random,
  sentence: Sentence,
  label: number,
  length: number,
): LabelledRow | undefined {
  const ids = idsOf(sentence);
  if (sentence.length < fewestWords || ids.length > length - 2) return undefined;
  const swapped = farSwapped(random, sentence);
  if (swapped === undefined) return undefined;
  return { row: framed(label === 0 ? ids : idsOf(swapped)), label };
}

function farSwapped(random: Random, sentence: Sentence): Sentence | undefined {
  const words = sentence.flatMap((word, index) => (isWord(word) ? [{ word, index }] : []));
  const pairs = words.flatMap((first) =>
    words
      .filter((last) => last.index - first.index >= leastDistance && last.word !== first.word)
      .map((last) => ({ first, last })),
  );
  if (pairs.length === 0) return undefined;
  const { first, last } = random.pick(pairs);
  return sentence.with(first.index, last.word).with(last.index, first.word);
}
