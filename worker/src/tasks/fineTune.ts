import { stream } from "@opnas/core";

import { rowOf, toSequences } from "../data/sequences.js";
import { padId, sepId, type FineTuneTask, type Sequences } from "../data/types.js";
import { dataSeed } from "../data/version.js";
import { logisticAccuracy, type FeatureExample } from "./logistic.js";
import { requireExamples } from "./text.js";

/** Most training examples of a task for each of its test examples. */
export const trainPerTest = 8;

/** One example: a row of ids and its class. */
export interface LabelledRow {
  row: readonly number[];
  label: number;
}

/** A fine-tuned task of the given examples, shuffled, with its baselines. */
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

function ngramExamples(part: { sequences: Sequences; labels: Int32Array }): FeatureExample[] {
  return Array.from(part.labels, (label, row) => ({
    features: ngrams(rowOf(part.sequences, row)),
    label,
  }));
}

/** A row's tokens, each with the segment it is in, and its pairs of neighbours, edges included. */
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
