import { stream, type Random } from "@opnas/core";

import { rowOf, toSequences } from "../text/sequences.js";
import { padId, sepId, type FineTuneTask, type Sequences } from "../text/types.js";
import type { Sentence } from "../text/tokenizer.js";
import { dataSeed } from "../text/corpus.js";
import { logisticAccuracy, type FeatureExample } from "./logistic.js";
import { balanced, requireExamples, type TaskText } from "./taskText.js";

/** Most training examples per test example of a task. */
export const trainPerTest = 8;

/** An example: a row of ids and its class. */
export interface LabelledRow {
  row: readonly number[];
  label: number;
}

/** Makes a fine-tuned task of examples, shuffled, with its baselines. */
export function fineTuneTask(
  name: FineTuneTask["name"],
  examples: { train: readonly LabelledRow[]; test: readonly LabelledRow[] },
  length: number,
): FineTuneTask {
  requireExamples(name, examples.train, length);
  requireExamples(name, examples.test, length);
  const part = (rows: readonly LabelledRow[], purpose: string) => {
    const shuffled = stream(dataSeed, `${name}: order of ${purpose} examples`).shuffle(rows);
    return {
      sequences: toSequences(
        shuffled.map(({ row }) => row),
        length,
      ),
      labels: Int32Array.from(shuffled, ({ label }) => label),
    };
  };
  const train = part(examples.train, "training");
  const test = part(examples.test, "test");
  const classes = 1 + Math.max(...train.labels);
  const shares = Array.from(
    { length: classes },
    (_, label) => test.labels.filter((own) => own === label).length / test.labels.length,
  );
  return {
    kind: "fineTuned",
    name,
    classes,
    train,
    test,
    baselines: {
      majority: 100 * Math.max(...shares),
      ngram: 100 * logisticAccuracy(ngramExamples(train), ngramExamples(test), classes),
    },
  };
}

/**
 * Builds a task with two classes of sentences; `exampleOf` returns undefined for those it cannot
 * use.
 */
export function sentenceTask(
  name: FineTuneTask["name"],
  text: TaskText,
  exampleOf: (
    random: Random,
    sentence: Sentence,
    label: number,
    length: number,
  ) => LabelledRow | undefined,
): FineTuneTask {
  const part = (sentences: readonly Sentence[], purpose: string, count: number) => {
    const random = stream(dataSeed, `${name}: ${purpose}`);
    return balanced(random, sentences, count, (sentence, label) =>
      exampleOf(random, sentence, label, text.length),
    );
  };
  const examples = {
    train: part(text.train, "train", trainPerTest * text.examples),
    test: part(text.test, "test", text.examples),
  };
  return fineTuneTask(name, examples, text.length);
}

function ngramExamples(part: { sequences: Sequences; labels: Int32Array }): FeatureExample[] {
  return Array.from(part.labels, (label, row) => ({
    features: ngrams(rowOf(part.sequences, row)),
    label,
  }));
}

/**
 * Returns a row's features: its tokens and its pairs of neighbours, edges included, each with its
 * segment.
 */
function ngrams(row: Int32Array): string[] {
  const features: string[] = [];
  let segment = 0;
  let previous = padId;
  for (const id of row) {
    if (id === padId) break;
    features.push(`${segment} ${id}`, `${segment} ${previous} ${id}`);
    if (id === sepId) segment++;
    previous = id;
  }
  return features;
}
