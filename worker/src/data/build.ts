import { setImmediate as nextTurn } from "node:timers/promises";

import { taskCatalog, type TaskName } from "@opnas/core";

import { BigramModel } from "../tasks/bigram.js";
import { taskBuilders } from "../tasks/index.js";
import { isWord, type TaskText } from "../tasks/text.js";
import { cleanText, splitSpeeches, type Speech } from "./corpus.js";
import { packDocuments, runningText } from "./sequences.js";
import { splitWords } from "./text.js";
import { idsOf, WordEncoder, type Sentence } from "./tokenizer.js";
import type { PreparedData, ProxyTask, Sequences } from "./types.js";
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
 * What `prepareData` returns, from the given speeches and without a cache. Deterministic.
 *
 * @throws OpnasError BAD_SETTING when the texts cannot give what is asked for
 */
export async function buildData(
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
  const encoded = (part: readonly Speech[]) => part.map(({ text }) => encoder.sentences(text));
  const [pretrainSpeeches, trainSpeeches, testSpeeches] = [
    encoded(split.pretrain),
    encoded(split.taskTrain),
    encoded(split.test),
  ];
  const packed = (documents: readonly Sentence[][]): Sequences =>
    packDocuments(
      documents.map((sentences) => sentences.flatMap(idsOf)),
      request.length,
    );
  const pretrain = packed(pretrainSpeeches);
  const documents = runningText(pretrainSpeeches.map((sentences) => sentences.map(idsOf)));

  await say("Counting neighbours");
  const text: TaskText = {
    vocabulary,
    encoder,
    wordCounts,
    bigrams: new BigramModel(pretrain, vocabulary.length),
    train: unseen(trainSpeeches.flat(), pretrainSpeeches.flat()),
    test: unseen(testSpeeches.flat(), [...pretrainSpeeches, ...trainSpeeches].flat()),
    windows: packed(testSpeeches),
    length: request.length,
    examples: request.evaluationExamples,
  };

  const tasks: ProxyTask[] = [];
  for (const name of request.tasks) {
    await say(`Building the task "${taskCatalog[name].title}"`);
    tasks.push(await taskBuilders[name](text));
  }
  await say("Storing the prepared text");
  return { vocabulary, pretrain, documents, tasks };
}

function countWords(speeches: readonly Speech[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { text } of speeches) {
    for (const word of splitWords(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

/** The different sentences that are not among `seen`: stock phrases come in many speeches. */
function unseen(sentences: readonly Sentence[], seen: readonly Sentence[]): Sentence[] {
  const textOf = (sentence: Sentence) =>
    sentence
      .filter(isWord)
      .map((word) => word.text)
      .join(" ");
  const known = new Set(seen.map(textOf));
  return sentences.filter((sentence) => {
    const text = textOf(sentence);
    if (known.has(text)) return false;
    known.add(text);
    return true;
  });
}
