import { OpnasError } from "@opnas/core";

import { rowOf } from "../data/sequences.js";
import type { ZeroShotTask } from "../data/types.js";
import type { TaskText } from "./text.js";
import {
  innerIndices,
  taskStream,
  WholeWords,
  zeroShotTask,
  type Question,
} from "./zero-shot.js";

/** "to" is missing on purpose: it mostly marks an infinitive. */
const prepositions = [
  ..."of in for by with on from at upon under".split(" "),
  ..."between into against through during".split(" "),
];
const choiceCount = 10;

/** A preposition is hidden: which of ten was it? About as many questions for each of them. */
export function prepositionTask(text: TaskText): ZeroShotTask {
  const choices = prepositions
    .map((word) => text.vocabulary.indexOf(word))
    .filter((id) => id >= 0)
    .slice(0, choiceCount);
  if (choices.length < 2) {
    throw new OpnasError(
      "BAD_SETTING",
      `A vocabulary of ${text.vocabulary.length} has fewer than two prepositions; set it higher or leave out the task "preposition".`,
    );
  }
  const questions = evenly(placesByChoice(text, choices), text.examples).map(
    ({ row, index, original }): Question => ({
      row,
      positions: [index],
      choices: [[original], ...choices.filter((id) => id !== original).map((id) => [id])],
    }),
  );
  const share = Math.max(
    ...choices.map((id) => questions.filter(({ choices: [own] }) => own?.[0] === id).length),
  );
  return zeroShotTask("preposition", questions, text, (100 * share) / questions.length);
}

interface Place {
  row: Int32Array;
  index: number;
  original: number;
}

/** Where each preposition stands in the test text, in random order. */
function placesByChoice(text: TaskText, choices: readonly number[]): Place[][] {
  const words = new WholeWords(text.vocabulary);
  const places: Place[] = [];
  for (let window = 0; window < text.windows.count; window++) {
    const row = rowOf(text.windows, window);
    for (const index of innerIndices(text.length, 1)) {
      if (words.at(row, index)) places.push({ row, index, original: row[index] ?? 0 });
    }
  }
  const shuffled = taskStream("preposition").shuffle(places);
  return choices.map((id) => shuffled.filter(({ original }) => original === id));
}

/** `count` items, one of each list in turn; lists that run out are passed over. */
function evenly<T>(lists: readonly (readonly T[])[], count: number): T[] {
  const longest = Math.max(...lists.map((list) => list.length));
  const items: T[] = [];
  for (let place = 0; place < longest && items.length < count; place++) {
    items.push(...lists.flatMap((list) => list.slice(place, place + 1)));
  }
  return items.slice(0, count);
}
