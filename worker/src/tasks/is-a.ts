import { stream, type Random } from "@opnas/core";

import { framed } from "../data/sequences.js";
import type { FineTuneTask } from "../data/types.js";
import { isAlphabetic } from "../data/text.js";
import { dataSeed } from "../data/version.js";
import { fineTuneTask, trainExamples, type LabelledRow } from "./fine-tune.js";
import type { TaskText } from "./text.js";
import type { NounHierarchy } from "./wordnet.js";

/** Rarer nouns are left out: a network of this size knows nothing of them. */
const leastCount = 3;
const mostPieces = 3;
/** Levels between a noun and what it is said to be a kind of. */
const levels = 3;
const testShare = 1 / 3;

/** Two nouns; label 1: the first is a kind of the second. */
interface Pair {
  first: string;
  second: string;
  label: number;
}

/**
 * [CLS] noun [SEP] noun [SEP]: class 1 when the first is a kind of the second. Of the others, one
 * half are such pairs the other way round, one half two nouns that are kinds of the same. For each
 * pair of lengths in pieces there are as many of class 1 as of class 0. No noun of a test pair is
 * in a training pair.
 */
export function isATask(text: TaskText, nouns: NounHierarchy): FineTuneTask {
  const known = [...text.wordCounts]
    .filter(([word, count]) => count >= leastCount && word.length > 2 && isAlphabetic(word))
    .map(([word]) => word)
    .filter((word) => nouns.has(word) && text.encoder.word(word).ids.length <= mostPieces)
    .sort();
  const shuffled = stream(dataSeed, "is-a: split of nouns").shuffle(known);
  const border = Math.round(shuffled.length * testShare);
  const part = (words: readonly string[], purpose: string, count: number): LabelledRow[] => {
    const random = stream(dataSeed, `is-a: ${purpose} pairs`);
    return balancedByLength(random, pairsAmong(random, words, nouns), text, count).map((pair) => ({
      row: framed(text.encoder.word(pair.first).ids, text.encoder.word(pair.second).ids),
      label: pair.label,
    }));
  };
  return fineTuneTask(
    "is-a",
    {
      train: part(shuffled.slice(border), "train", trainExamples),
      test: part(shuffled.slice(0, border), "test", text.examples),
    },
    text.length,
  );
}

/** All true pairs among the words, and as many false ones: reversed, or sisters. */
function pairsAmong(random: Random, words: readonly string[], nouns: NounHierarchy): Pair[] {
  const among = new Set(words);
  const kindsOf = new Map(
    words.map((word) => [word, [...nouns.kinds(word, levels)].filter((kind) => among.has(kind))]),
  );
  const members = new Map<string, string[]>();
  for (const [word, kinds] of kindsOf) {
    for (const kind of kinds) members.set(kind, [...(members.get(kind) ?? []), word]);
  }
  const related = (a: string, b: string) => nouns.isKindOf(a, b) || nouns.isKindOf(b, a);

  return [...kindsOf].flatMap(([word, kinds]) =>
    kinds.flatMap((kind): Pair[] => {
      if (nouns.isKindOf(kind, word)) return [];
      const sisters = (members.get(kind) ?? []).filter((other) => other !== word && !related(word, other));
      const sister = sisters.length > 0 && random.next() < 0.5 ? random.pick(sisters) : undefined;
      return [
        { first: word, second: kind, label: 1 },
        sister === undefined
          ? { first: kind, second: word, label: 0 }
          : { first: word, second: sister, label: 0 },
      ];
    }),
  );
}

/** Up to `count` pairs in random order, of each pair of lengths as many true as false. */
function balancedByLength(
  random: Random,
  pairs: readonly Pair[],
  { encoder }: TaskText,
  count: number,
): Pair[] {
  const pieces = (word: string) => encoder.word(word).ids.length;
  const waiting = new Map<string, Pair[]>();
  const matched: Pair[] = [];
  for (const pair of random.shuffle(pairs)) {
    if (matched.length + 2 > count) break;
    const lengths = `${pieces(pair.first)} ${pieces(pair.second)}`;
    const opposite = waiting.get(`${lengths} ${1 - pair.label}`)?.pop();
    if (opposite !== undefined) matched.push(opposite, pair);
    else {
      const key = `${lengths} ${pair.label}`;
      waiting.set(key, [...(waiting.get(key) ?? []), pair]);
    }
  }
  return matched;
}
