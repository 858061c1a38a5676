import { batchRows } from "../batches/batchRows.js";
import { inScope } from "../engine/scope.js";
import { tf, type Tensor } from "../engine/tf.js";
import type { TokenBatch } from "../model/batch.js";
import { initialWeights, type Parameter } from "../model/parameters.js";
import { copyTensors, upload, weightsOf, type Tensors, type Weights } from "../model/tensors.js";
import { adamStep, clip, learningRateAt, newAdam } from "./adam.js";
import { gradientRoom, lossAndGradients } from "./gradients.js";
import { DivergedError, nextTurn, type Watch } from "./watch.js";

/** Share of the steps over which the learning rate rises. */
const warmup = 0.1;
const rowsAtOnce = 64;

/** The backbone's weights without the masked-LM head, and a new head for a task. */
export function withHead(pretrained: Tensors, head: readonly Parameter[], seed: number): Tensors {
  const kept = new Map([...pretrained].filter(([name]) => !name.startsWith("mlm.")));
  return new Map([...copyTensors(kept), ...initialWeights(head, seed)]);
}

/**
 * Adam steps over batches of a task's rows, in place. The rows of each step follow from `rows` and
 * the step alone.
 * @param lossOf the loss of a batch of rows, by their numbers; called within a scope
 * @throws DivergedError when a loss or a gradient is not finite
 */
export async function trainOnRows(
  weights: Tensors,
  rows: { count: number; seed: number; purpose: string },
  { steps, batch, learningRate }: { steps: number; batch: number; learningRate: number },
  lossOf: (on: Weights, rows: Int32Array) => Tensor,
  watch: Watch,
): Promise<void> {
  const rowsOf = batchRows(rows.count, batch, rows.seed, rows.purpose);
  const names = [...weights.keys()];
  const adam = newAdam(weights);
  const room = gradientRoom(weights);
  for (let step = 0; step < steps; step++) {
    watch.check();
    const chosen = rowsOf(step);
    const ofBatch = (on: Weights) => lossOf(on, chosen);
    const { loss, gradients } = lossAndGradients(weights, names, ofBatch, room);
    if (!Number.isFinite(loss) || !clip(gradients)) throw new DivergedError();
    adamStep(weights, gradients, adam, learningRateAt(step, steps, learningRate, warmup));
    watch.progress("fine-tune", step + 1, steps);
    await nextTurn();
  }
}

/** Gives `visit` the weights on the engine and the numbers of all rows, batch after batch, in order. */
export async function overRows(
  weights: Tensors,
  count: number,
  watch: Watch,
  visit: (on: Weights, rows: Int32Array) => void,
): Promise<void> {
  const uploaded = upload(weights, weights.keys());
  try {
    for (let start = 0; start < count; start += rowsAtOnce) {
      watch.check();
      const size = Math.min(rowsAtOnce, count - start);
      const rows = Int32Array.from({ length: size }, (_, index) => start + index);
      inScope(() => visit(weightsOf(uploaded), rows));
      watch.progress("score", start + size, count);
      await nextTurn();
    }
  } finally {
    tf.dispose([...uploaded.values()]);
  }
}

/**
 * Lengths are multiples of this: columns of padding cost time, but so does every new shape, of which
 * a part of the model is recorded anew (docs/decisions/0009).
 */
const lengthStep = 8;

/** How long a batch is made whose longest row has `used` tokens; at most `longest`. */
export function batchLength(used: number, longest: number): number {
  return Math.min(longest, lengthStep * Math.ceil(used / lengthStep));
}

/** What a batch's heads must leave out: its padding, where there is some. */
export const keepOf = ({ keep }: TokenBatch): Tensor[] => (keep ? [keep] : []);
