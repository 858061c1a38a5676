import type { ModelSize, SearchSettings } from "@opnas/core";
import { batchRows } from "../data/batches.js";
import { gatherRows } from "../data/sequences.js";
import { padId, type FineTuneTask, type Sequences } from "../data/types.js";
import { tf } from "../engine/tf.js";
import { classLogits, classLoss, type Backbone } from "../model/backbone.js";
import { tokenBatch, type TokenBatch } from "../model/batch.js";
import { classifierParameters, initialWeights } from "../model/parameters.js";
import { inScope } from "../engine/scope.js";
import { copyTensors, upload, weightsOf, type Tensors, type Weights } from "../model/tensors.js";
import { adamStep, clip, learningRateAt, newAdam } from "./adam.js";
import { gradientRoom, lossAndGradients } from "./gradients.js";
import { DivergedError, nextTurn, type Watch } from "./watch.js";

const warmup = 0.1;
const testBatch = 64;

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
  watch: Watch,
): Promise<number> {
  const weights = withClassifier(pretrained, task.classes, settings.size, seed);
  const { steps, batch: size, learningRate } = settings.fineTune;
  const { sequences, labels } = task.train;
  const rowsOf = batchRows(sequences.count, size, seed, `${purpose}: ${task.name}`);
  const names = [...weights.keys()];
  const adam = newAdam(weights);
  const room = gradientRoom(weights);
  for (let step = 0; step < steps; step++) {
    watch.check();
    const rows = rowsOf(step);
    const targets = rows.map((row) => labels[row] ?? 0);
    const lossOf = (on: Weights) => {
      const batch = batchOf(sequences, rows);
      const constants = [tf.tensor1d(targets, "int32"), ...keepOf(batch)];
      return classLoss(on, [backbone.encode(on, batch)], constants);
    };
    const { loss, gradients } = lossAndGradients(weights, names, lossOf, room);
    if (!Number.isFinite(loss) || !clip(gradients)) throw new DivergedError();
    adamStep(weights, gradients, adam, learningRateAt(step, steps, learningRate, warmup));
    watch.progress("fine-tune", step + 1, steps);
    await nextTurn();
  }
  return accuracy(backbone, weights, task, watch);
}

/** The backbone's weights without the masked-LM head, and a new classification head. */
function withClassifier(
  pretrained: Tensors,
  classes: number,
  size: ModelSize,
  seed: number,
): Tensors {
  const kept = new Map([...pretrained].filter(([name]) => !name.startsWith("mlm.")));
  const head = initialWeights(classifierParameters(size, classes), seed);
  return new Map([...copyTensors(kept), ...head]);
}

/** Accuracy × 100 on the task's test set. */
async function accuracy(
  backbone: Backbone,
  weights: Tensors,
  { test: { sequences, labels } }: FineTuneTask,
  watch: Watch,
): Promise<number> {
  const uploaded = upload(weights, weights.keys());
  let right = 0;
  try {
    for (let start = 0; start < sequences.count; start += testBatch) {
      watch.check();
      const size = Math.min(testBatch, sequences.count - start);
      const rows = Int32Array.from({ length: size }, (_, index) => start + index);
      const chosen = inScope(() => {
        const [on, batch] = [weightsOf(uploaded), batchOf(sequences, rows)];
        const logits = classLogits(on, [backbone.encode(on, batch)], keepOf(batch));
        return logits.argMax(1).dataSync();
      });
      right += rows.reduce((sum, row, at) => sum + (chosen[at] === labels[row] ? 1 : 0), 0);
      await nextTurn();
    }
  } finally {
    tf.dispose([...uploaded.values()]);
  }
  return (100 * right) / sequences.count;
}

/** The given rows as a batch. */
function batchOf(sequences: Sequences, rows: Int32Array): TokenBatch {
  const { ids, length } = trimmed(gatherRows(sequences, rows), sequences.length);
  return tokenBatch(ids, rows.length, length);
}

const keepOf = ({ keep }: TokenBatch) => (keep ? [keep] : []);

/**
 * Lengths are multiples of this: columns of padding cost time, but so does every new shape, of which
 * a part of the model is recorded anew (docs/decisions/0009).
 */
const lengthStep = 8;

/** The ids without the columns at the end that are padding in every row, as far as that pays. */
function trimmed(ids: Int32Array, longest: number): { ids: Int32Array; length: number } {
  let used = 0;
  for (const [at, id] of ids.entries()) if (id !== padId) used = Math.max(used, (at % longest) + 1);
  const length = Math.min(longest, lengthStep * Math.ceil(used / lengthStep));
  return { ids: ids.filter((_, at) => at % longest < length), length };
}
