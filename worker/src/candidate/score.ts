import type { MaskedLanguageTask, ZeroShotTask, Sequences } from "../text/types.js";
import { crossEntropy, size } from "../engine/composites.js";
import { floats } from "../engine/hostTensor.js";
import { tf, type Tensor, inScope } from "../engine/tf.js";
import type { Backbone } from "../model/backbone.js";
import { upload, weightsOf, type Tensors } from "../model/tensors.js";
import { maskedTokenLogits } from "../training/losses.js";
import { nextTurn, throwIfStopped, type RunControl } from "../training/loop.js";
import { rowsAtOnce } from "../training/scoringBatch.js";
import { DivergedError } from "../training/step.js";

/**
 * Scores a model on held-out masked words: mean cross-entropy in nats, and how often the best guess
 * is right (0–1).
 * @throws DivergedError when the loss is not finite; OpnasError STOPPED
 */
export async function scoreMaskedWords(
  backbone: Backbone,
  weights: Tensors,
  task: MaskedLanguageTask,
  control: RunControl,
): Promise<{ loss: number; accuracy: number }> {
  let [loss, right] = [0, 0];
  await forEachHiddenBatch(backbone, weights, task.masked, task, control, (logits, start) => {
    const count = size(logits, 0);
    const targets = tf.tensor1d(task.targets.subarray(start, start + count), "int32");
    loss += count * (floats(crossEntropy(logits, targets, tf.ones([count])))[0] ?? NaN);
    const hits = logits.argMax(1).equal(targets).cast("float32");
    right += floats(hits.sum())[0] ?? NaN;
  });
  if (!Number.isFinite(loss)) throw new DivergedError();
  return { loss: loss / task.targets.length, accuracy: right / task.targets.length };
}

/**
 * Scores a model on a zero-shot task: how often, × 100, the original words have the highest summed
 * log probability among the choices. All choices of an item share its context, so that comparing logits is enough. A tie counts as
 * a random choice would.
 * @throws DivergedError when a logit is not finite; OpnasError STOPPED
 */
export async function scoreZeroShot(
  backbone: Backbone,
  weights: Tensors,
  task: ZeroShotTask,
  control: RunControl,
): Promise<number> {
  const { choices, choicesPerItem, positionsPerItem } = task;
  let right = 0;
  await forEachHiddenBatch(backbone, weights, task.test, task, control, (logits, start) => {
    const [count, vocabulary] = [size(logits, 0), size(logits, 1)];
    const values = floats(logits);
    for (let first = 0; first < count; first += positionsPerItem) {
      const item = (start + first) / positionsPerItem;
      const sums = Array.from({ length: choicesPerItem }, (_, choice) => {
        const words = (item * choicesPerItem + choice) * positionsPerItem;
        let sum = 0;
        for (let at = 0; at < positionsPerItem; at++) {
          sum += values[(first + at) * vocabulary + (choices[words + at] ?? 0)] ?? NaN;
        }
        return sum;
      });
      const best = Math.max(...sums);
      if (!Number.isFinite(best)) throw new DivergedError();
      if (sums[0] === best) right += 1 / sums.filter((sum) => sum === best).length;
    }
  });
  return (100 * right) / task.test.count;
}

/**
 * Calls `visit` with the logits [p, vocabulary] of the hidden tokens, batch after batch, and with the
 * place of the first among all.
 */
async function forEachHiddenBatch(
  backbone: Backbone,
  weights: Tensors,
  sequences: Sequences,
  { positions, positionsPerItem }: { positions: Int32Array; positionsPerItem: number },
  control: RunControl,
  visit: (logits: Tensor, start: number) => void,
): Promise<void> {
  const { count, length } = sequences;
  const itemsPerBatch = rowsAtOnce(length);
  const uploaded = upload(
    weights,
    backbone.parameters.map(({ name }) => name),
  );
  try {
    for (let item = 0; item < count; item += itemsPerBatch) {
      throwIfStopped(control.signal);
      const items = Math.min(itemsPerBatch, count - item);
      const start = item * positionsPerItem;
      // Positions count within their sequence; the model wants them within the batch.
      const rows = positions
        .subarray(start, start + items * positionsPerItem)
        .map((position, at) => Math.floor(at / positionsPerItem) * length + position);
      const ids = sequences.ids.subarray(item * length, (item + items) * length);
      inScope(() => {
        const batch = { ids, positions: rows, size: items, length };
        visit(maskedTokenLogits(backbone, weightsOf(uploaded), batch), start);
      });
      control.onProgress?.({ phase: "score", done: item + items, total: count });
      await nextTurn();
    }
  } finally {
    tf.dispose([...uploaded.values()]);
  }
}
