/** Training and applying a model with a task's head on the rows of the task's data. */
import { batchRows } from "../batches/batchRows.js";
import { inScope, tf, type Tensor } from "../engine/tf.js";
import type { TokenBatch } from "../model/batch.js";
import { initialWeights, type Parameter } from "../model/parameters.js";
import { copyTensors, upload, weightsOf, type Tensors, type Weights } from "../model/tensors.js";
import { newAdam, learningRateAt } from "./optimizer.js";
import { gradientBuffers, lossAndGradients } from "./gradients.js";
import { nextTurn, runTrainingLoop, throwIfStopped, type RunControl } from "./loop.js";
import { rowsAtOnce } from "./scoringBatch.js";
import { applyGradients } from "./step.js";

/** Share of the steps over which the learning rate rises. */
const warmup = 0.1;

/** Returns a copy of the backbone's weights without the masked-LM head, and a new head for a task. */
export function withTaskHead(
  pretrained: Tensors,
  head: readonly Parameter[],
  seed: number,
): Tensors {
  const backbone = new Map([...pretrained].filter(([name]) => !name.startsWith("mlm.")));
  return new Map([...copyTensors(backbone), ...initialWeights(head, seed)]);
}

/**
 * Takes Adam steps over batches of a task's rows, in place. The rows of each step follow from `rows`
 * and the step alone.
 * @param lossOf the loss of a batch of rows, by their numbers; called within a scope
 * @throws DivergedError when a loss or a gradient is not finite; OpnasError STOPPED
 */
export async function trainOnRows(
  weights: Tensors,
  rows: { count: number; seed: number; purpose: string },
  { steps, batch, learningRate }: { steps: number; batch: number; learningRate: number },
  lossOf: (on: Weights, rows: Int32Array) => Tensor,
  { signal, onProgress }: RunControl,
): Promise<void> {
  const rowsOf = batchRows(rows.count, batch, rows.seed, rows.purpose);
  const names = [...weights.keys()];
  const adam = newAdam(weights);
  const buffers = gradientBuffers(weights);
  const takeStep = (step: number) => {
    const chosen = rowsOf(step);
    const learned = lossAndGradients(weights, names, (on) => lossOf(on, chosen), buffers);
    const rate = learningRateAt(step, steps, learningRate, warmup);
    applyGradients(weights, adam, learned, rate);
    onProgress?.({ phase: "fine-tune", done: step + 1, total: steps });
  };
  await runTrainingLoop({ steps, takeStep, signal });
}

/**
 * Calls `visit` with the weights on the engine and the numbers of all rows, batch after batch, in
 * order.
 * @param rows.length the longest row's tokens
 * @throws OpnasError STOPPED; what `visit` throws
 */
export async function forEachRowBatch(
  weights: Tensors,
  rows: { count: number; length: number },
  { signal, onProgress }: RunControl,
  visit: (on: Weights, rows: Int32Array) => void,
): Promise<void> {
  const uploaded = upload(weights, weights.keys());
  const { count } = rows;
  const rowsPerBatch = rowsAtOnce(rows.length);
  try {
    for (let start = 0; start < count; start += rowsPerBatch) {
      throwIfStopped(signal);
      const size = Math.min(rowsPerBatch, count - start);
      const numbers = Int32Array.from({ length: size }, (_, index) => start + index);
      inScope(() => visit(weightsOf(uploaded), numbers));
      onProgress?.({ phase: "score", done: start + size, total: count });
      await nextTurn();
    }
  } finally {
    tf.dispose([...uploaded.values()]);
  }
}

/**
 * Lengths are multiples of this: columns of padding cost time, but so does every new shape, of which
 * a part of the model is recorded anew (decision 0009).
 */
const lengthStep = 8;

/** The length of a batch whose longest row has `used` tokens; at most `longest`. */
export function batchLength(used: number, longest: number): number {
  return Math.min(longest, lengthStep * Math.ceil(used / lengthStep));
}

/** The padding mask for a task's head, where the batch has padding: a list of none or one. */
export const headMask = ({ keep }: TokenBatch): Tensor[] => (keep ? [keep] : []);
