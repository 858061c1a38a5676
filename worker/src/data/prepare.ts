import { createHash } from "node:crypto";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";

import { OpnasError, taskCatalog, type TaskName } from "@opnas/core";

import { BigramModel } from "../tasks/bigram.js";
import { taskBuilders } from "../tasks/index.js";
import type { TaskText } from "../tasks/text.js";
import { readNounFiles } from "../tasks/wordnet.js";
import { readPrepared, writePrepared } from "./cache.js";
import { cleanText, readSpeeches, splitSpeeches, type Speech } from "./corpus.js";
import { packDocuments } from "./sequences.js";
import { splitWords } from "./text.js";
import { idsOf, WordEncoder } from "./tokenizer.js";
import type { PreparedData, ProxyTask, Sequences } from "./types.js";
import { preparationVersion } from "./version.js";
import { trainVocabulary } from "./vocabulary.js";

export interface DataRequest {
  /** Entries of the vocabulary, special tokens included. */
  vocabulary: number;
  /** Tokens in a sequence, [CLS] and [SEP] included. */
  length: number;
  /** Tasks to build; their order is kept. */
  tasks: readonly TaskName[];
  /** Most test examples of a task. */
  evaluationExamples: number;
}

/** Says what is being done and what part of the whole is done, 0–1. */
export type DataReport = (message: string, fraction: number) => void;

/**
 * The text a search reads: vocabulary, pre-training sequences, tasks with their baselines. It
 * depends on the request and the texts alone, not on a run's seed, and is kept in `cacheFolder`;
 * a damaged file there is replaced.
 *
 * @throws OpnasError BAD_SETTING when the texts cannot give what is asked for, DISK_FULL,
 *   DATA_FOLDER_UNWRITABLE
 */
export async function prepareData(
  request: DataRequest,
  cacheFolder: string,
  report: DataReport = () => undefined,
): Promise<PreparedData> {
  const speeches = await readSpeeches();
  const path = join(cacheFolder, `text-${await contentKey(request, speeches)}.bin`);
  try {
    const kept = await readPrepared(path);
    if (kept !== undefined) return kept;
  } catch (error) {
    if (!(error instanceof OpnasError && error.code === "CORRUPT_ARTIFACT")) throw error;
    report(`The prepared text in ${path} is damaged: preparing it again`, 0);
  }
  const data = await prepare(request, speeches, report);
  await writePrepared(path, data);
  return data;
}

/** Names the data by all it depends on: the code's version, the request, the texts. */
async function contentKey(request: DataRequest, speeches: readonly Speech[]): Promise<string> {
  const hash = createHash("sha256");
  hash.update(
    JSON.stringify([
      preparationVersion,
      request.vocabulary,
      request.length,
      request.tasks,
      request.evaluationExamples,
    ]),
  );
  for (const { name, text } of speeches) hash.update(`\n${name}\n${text}`);
  if (request.tasks.includes("is-a")) hash.update((await readNounFiles()).join("\n"));
  return hash.digest("hex").slice(0, 24);
}

async function prepare(
  request: DataRequest,
  speeches: readonly Speech[],
  report: DataReport,
): Promise<PreparedData> {
  const stages = 4 + request.tasks.length;
  let done = 0;
  const say = async (message: string) => {
    report(message, done++ / stages);
    await nextTurn();
  };

  await say("Learning the vocabulary");
  const split = splitSpeeches(speeches.map(({ name, text }) => ({ name, text: cleanText(text) })));
  const wordCounts = countWords(split.pretrain);
  const vocabulary = trainVocabulary(wordCounts, request.vocabulary);

  await say("Encoding the text");
  const encoder = new WordEncoder(vocabulary);
  const sentences = (part: readonly Speech[]) => part.flatMap(({ text }) => encoder.sentences(text));
  const packed = (part: readonly Speech[]): Sequences =>
    packDocuments(
      part.map(({ text }) => encoder.sentences(text).flatMap(idsOf)),
      request.length,
    );
  const pretrain = packed(split.pretrain);

  await say("Counting neighbours");
  const text: TaskText = {
    vocabulary,
    encoder,
    wordCounts,
    bigrams: new BigramModel(pretrain, vocabulary.length),
    train: sentences(split.taskTrain),
    test: sentences(split.test),
    windows: packed(split.test),
    length: request.length,
    examples: request.evaluationExamples,
  };

  const tasks: ProxyTask[] = [];
  for (const name of request.tasks) {
    await say(`Building the task "${taskCatalog[name].title}"`);
    tasks.push(await taskBuilders[name](text));
  }
  await say("Storing the prepared text");
  return { vocabulary, pretrain, tasks };
}

function countWords(speeches: readonly Speech[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { text } of speeches) {
    for (const word of splitWords(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}
