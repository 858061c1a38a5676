import { setImmediate as nextTurn } from "node:timers/promises";

import { OpnasError, taskCatalog } from "@opnas/core";

import { BigramModel } from "../tasks/bigram.js";
import { taskBuilders } from "../tasks/index.js";
import { fewestExamples, isWord, type TaskText } from "../tasks/taskText.js";
import { splitDocuments, type Document } from "../text/corpus.js";
import { framing, packDocuments, runningText } from "../text/sequences.js";
import { splitWords } from "../text/words.js";
import { idsOf, WordEncoder, type Sentence } from "../text/tokenizer.js";
import type { PreparedData, ProxyTask, Sequences } from "../text/types.js";
import { trainVocabulary } from "../text/vocabulary.js";
import type { DataRequest } from "./request.js";

/** Reports what is being done and the fraction of the whole that is done, 0–1. */
export type DataReport = (message: string, fraction: number) => void;

/**
 * Builds the data of a request from documents: vocabulary, pre-training sequences and tasks. The
 * result follows from the arguments alone.
 *
 * @param given a vocabulary of the size asked for; without it one is trained
 * @throws OpnasError BAD_SETTING if the documents cannot give what is asked for, BAD_INPUT if there
 *   is too little text
 */
export async function buildData(
  request: DataRequest,
  documents: readonly Document[],
  report: DataReport,
  given?: readonly string[],
): Promise<PreparedData> {
  const stages = 4 + request.tasks.length;
  let done = 0;
  const say = async (message: string) => {
    report(message, done++ / stages);
    await nextTurn();
  };

  await say("Learning the vocabulary");
  const split = splitDocuments(documents);
  const wordCounts = countWords(split.pretrain);
  const vocabulary = given ?? trainVocabulary(wordCounts, request.vocabulary);

  await say("Encoding the text");
  const encoder = new WordEncoder(vocabulary);
  const encoded = (part: readonly Document[]) => part.map(({ text }) => encoder.sentences(text));
  const [pretrainDocuments, trainDocuments, testDocuments] = [
    encoded(split.pretrain),
    encoded(split.taskTrain),
    encoded(split.test),
  ];
  const packed = (documents: readonly Sentence[][]): Sequences =>
    packDocuments(idsOfEach(documents), request.length);
  const pretrain = packed(pretrainDocuments);
  const windows = packed(testDocuments);
  requireText(documents, pretrain, windows);
  const running = runningText(pretrainDocuments.map((sentences) => sentences.map(idsOf)));

  const short = [...pretrainDocuments, ...trainDocuments, ...testDocuments].filter(
    (sentences) => tokensOf(sentences) < request.length - framing,
  ).length;
  const remark =
    short === 0
      ? ""
      : `; ${short} of ${documents.length} documents are shorter than a sequence of ${request.length} tokens and give none`;
  await say(`Counting neighbours${remark}`);
  const text: TaskText = {
    vocabulary,
    encoder,
    wordCounts,
    bigrams: new BigramModel(pretrain, vocabulary.length),
    train: unseen(trainDocuments.flat(), pretrainDocuments.flat()),
    test: unseen(testDocuments.flat(), [...pretrainDocuments, ...trainDocuments].flat()),
    windows,
    length: request.length,
    examples: request.evaluationExamples,
  };

  const tasks: ProxyTask[] = [];
  for (const name of request.tasks) {
    await say(`Building the task "${taskCatalog[name].title}"`);
    tasks.push(await taskBuilders[name](text));
  }
  await say("Storing the prepared text");
  return { vocabulary, pretrain, documents: running, tasks };
}

/** Throws BAD_INPUT if there are too few sequences to train on or to test on. */
function requireText(
  documents: readonly Document[],
  pretrain: Sequences,
  windows: Sequences,
): void {
  if (Math.min(pretrain.count, windows.count) >= fewestExamples) return;
  const characters = documents.reduce((sum, { text }) => sum + text.length, 0);
  throw new OpnasError(
    "BAD_INPUT",
    `There is too little text: its ${characters} characters in ${documents.length} documents give ${pretrain.count} sequences of ${pretrain.length} tokens to train on and ${windows.count} to test on; both must be at least ${fewestExamples}. Add text (a document shorter than a sequence gives none), or make the sequences shorter.`,
  );
}

/** Yields the ids of one document at a time: all at once would be a second copy of the text. */
function* idsOfEach(documents: readonly Sentence[][]): Generator<number[]> {
  for (const sentences of documents) yield sentences.flatMap(idsOf);
}

function tokensOf(sentences: readonly Sentence[]): number {
  let tokens = 0;
  for (const sentence of sentences) for (const { ids } of sentence) tokens += ids.length;
  return tokens;
}

function countWords(documents: readonly Document[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { text } of documents) {
    for (const word of splitWords(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

/**
 * Returns the distinct sentences that are not among `seen`: set phrases occur in many documents.
 */
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
