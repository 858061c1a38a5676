import type { SearchSettings } from "@opnas/core";
import { gatherRows } from "../text/sequences.js";
import { padId, type FineTuneTask, type Sequences } from "../text/types.js";
import { tf } from "../engine/tf.js";
import { type Backbone } from "../model/backbone.js";
import { classLogits, classLoss } from "../model/taskHeads.js";
import { tokenBatch, type TokenBatch } from "../model/batch.js";
import { classifierParameters } from "../model/parameters.js";
import type { Tensors, Weights } from "../model/tensors.js";
import {
  batchLength,
  forEachRowBatch,
  headMask,
  trainOnRows,
  withTaskHead,
} from "../training/taskHead.js";
import type { RunControl } from "../training/loop.js";
import { DivergedError } from "../training/step.js";

/**
 * Trains a copy of the model with a fresh classification head on a task, and scores it on the
 * task's test set: accuracy × 100.
 * @throws DivergedError when a loss or a gradient is not finite
 */
export async function fineTune(
  backbone: Backbone,
  pretrained: Tensors,
  task: FineTuneTask,
  { settings, seed, purpose }: { settings: SearchSettings; seed: number; purpose: string },
  control: RunControl,
): Promise<number> {
  const weights = withTaskHead(pretrained, classifierParameters(settings.size, task.classes), seed);
  const { sequences, labels } = task.train;
  const rows = { count: sequences.count, seed, purpose: `${purpose}: ${task.name}` };
  const lossOf = (on: Weights, chosen: Int32Array) => {
    const batch = batchOf(sequences, chosen);
    const targets = chosen.map((row) => labels[row] ?? 0);
    const constants = [tf.tensor1d(targets, "int32"), ...headMask(batch)];
    return classLoss(on, [backbone.encode(on, batch)], constants);
  };
  await trainOnRows(weights, rows, settings.fineTune, lossOf, control);
  return accuracy(backbone, weights, task, control);
}

/**
 * Calls `tune` with a learning rate and, if the training diverges, once more with half of it. A
 * fine-tuning that diverges again says something about this task alone: its score is 0.
 */
export async function tuneStably(
  learningRate: number,
  tune: (learningRate: number) => Promise<number>,
): Promise<{ score: number; diverged: boolean }> {
  for (const rate of [learningRate, learningRate / 2]) {
    try {
      return { score: await tune(rate), diverged: false };
    } catch (error) {
      if (!(error instanceof DivergedError)) throw error;
    }
  }
  return { score: 0, diverged: true };
}

/** Returns the accuracy × 100 on the task's test set. */
async function accuracy(
  backbone: Backbone,
  weights: Tensors,
  { test: { sequences, labels } }: FineTuneTask,
  control: RunControl,
): Promise<number> {
  let right = 0;
  await forEachRowBatch(weights, sequences, control, (on, rows) => {
    const batch = batchOf(sequences, rows);
    const logits = classLogits(on, [backbone.encode(on, batch)], headMask(batch));
    const chosen = logits.argMax(1).dataSync();
    right += rows.reduce((sum, row, at) => sum + (chosen[at] === labels[row] ? 1 : 0), 0);
  });
  return (100 * right) / sequences.count;
}

/** The given rows as a batch. */
function batchOf(sequences: Sequences, rows: Int32Array): TokenBatch {
  const { ids, length } = trimmed(gatherRows(sequences, rows), sequences.length);
  return tokenBatch(ids, rows.length, length);
}

/** The ids without the columns at the end that are padding in every row, as far as that pays. */
function trimmed(ids: Int32Array, longest: number): { ids: Int32Array; length: number } {
  let used = 0;
  for (const [at, id] of ids.entries()) if (id !== padId) used = Math.max(used, (at % longest) + 1);
  const length = batchLength(used, longest);
  return { ids: ids.filter((_, at) => at % longest < length), length };
}
