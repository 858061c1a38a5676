import type { Random } from "@opnas/core";

import { framed } from "../text/sequences.js";
import { idsOf, type Sentence } from "../text/tokenizer.js";
import type { FineTuneTask } from "../text/types.js";
import { sentenceTask, type LabelledRow } from "./fineTuned.js";
import { isWord, type TaskText } from "./taskText.js";

const fewestWords = 8;

/**
 * Builds the task "half-order": [CLS] half [SEP] other half [SEP], class 0 if the halves stand in
 * the sentence's order, 1 if they are exchanged. Punctuation is dropped, because its place would
 * reveal the class; the halves are as equally long as possible.
 */
export function halfOrderTask(text: TaskText): FineTuneTask {
  return sentenceTask("half-order", text, exampleOf);
}

function exampleOf(
  random: Random,
  sentence: Sentence,
  label: number,
  length: number,
): LabelledRow | undefined {
  const words = sentence.filter(isWord);
  const total = idsOf(words).length;
  if (words.length < fewestWords || total > length - 3) return undefined;
  const cut = middleOf(random, words, total);
  if (cut === undefined) return undefined;
  const halves = [idsOf(words.slice(0, cut)), idsOf(words.slice(cut))];
  return { row: framed(...(label === 0 ? halves : halves.reverse())), label };
}

/**
 * Returns the word before which to cut so that the halves' tokens differ least; samples one of
 * equals.
 */
function middleOf(random: Random, words: Sentence, total: number): number | undefined {
  let best: number[] = [];
  let least = Math.max(2, total / 5);
  let before = 0;
  for (const [index, word] of words.entries()) {
    const difference = Math.abs(total - 2 * before);
    if (index > 0 && difference <= least) {
      best = difference < least ? [index] : [...best, index];
      least = difference;
    }
    before += word.ids.length;
  }
  return best.length === 0 ? undefined : random.pick(best);
}
