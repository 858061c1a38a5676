import { OpnasError } from "@opnas/core";

import { rowOf } from "../text/sequences.js";
import type { ZeroShotTask } from "../text/types.js";
import type { TaskText } from "./taskText.js";
import {
  innerIndices,
  taskStream,
  WholeWords,
  zeroShotTask,
  type ClozeQuestion,
} from "./zeroShot.js";

/** The prepositions asked for, without "to", which mostly marks an infinitive. */
const prepositions = [
  ..."of in for by with on from at upon under".split(" "),
  ..."between into against through during".split(" "),
];
const choiceCount = 10;

/**
 * Largest share of the questions with the same answer. Unlimited, "of" would be nearly half; with
 * all equally often, a small network that goes by frequency would nearly always be wrong.
 */
const largestShare = 1 / 4;

/** Builds the task "preposition": a preposition is hidden, and ten are offered. */
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
  const questions = placesOf(text, choices).map(({ row, index, original }): ClozeQuestion => ({
    row,
    positions: [index],
    choices: [[original], ...choices.filter((id) => id !== original).map((id) => [id])],
  }));
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

/**
 * Samples places of the test text where one of the choices stands, up to `largestShare` of each.
 */
function placesOf(text: TaskText, choices: readonly number[]): Place[] {
  const words = new WholeWords(text.vocabulary);
  const places: Place[] = [];
  for (let window = 0; window < text.windows.count; window++) {
    const row = rowOf(text.windows, window);
    for (const index of innerIndices(text.length, 1)) {
      const original = row[index] ?? 0;
      if (choices.includes(original) && words.at(row, index)) places.push({ row, index, original });
    }
  }
  const left = new Map(choices.map((id) => [id, Math.ceil(text.examples * largestShare)]));
  return taskStream("preposition")
    .shuffle(places)
    .filter(({ original }) => {
      const more = left.get(original) ?? 0;
      left.set(original, more - 1);
      return more > 0;
    })
    .slice(0, text.examples);
}
