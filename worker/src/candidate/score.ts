import type { MaskedLanguageTask, ZeroShotTask, Sequences } from "../text/types.js";
import { crossEntropy } from "../engine/composites/index.js";
import { size } from "../engine/composites/shape.js";
import { floats } from "../engine/fetch.js";
import { tf, type Tensor } from "../engine/tf.js";
import type { Backbone } from "../model/backbone.js";
import { inScope } from "../engine/scope.js";
import { upload, weightsOf, type Tensors } from "../model/tensors.js";
import { hiddenTokenLogits } from "../training/maskedLanguage.js";
import { DivergedError, nextTurn, type Watch } from "../training/watch.js";

const itemsPerBatch = 64;

/** Held-out masked words: mean cross-entropy in nats, and how often the best guess is right (0–1). */
export async function scoreMaskedWords(
  backbone: Backbone,
  weights: Tensors,
  task: MaskedLanguageTask,
  watch: Watch,
): Promise<{ loss: number; accuracy: number }> {
  let [loss, right] = [0, 0];
  await overHiddenTokens(backbone, weights, task.masked, task, watch, (logits, start) => {
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
 * How often, × 100, the original words have the highest summed log probability among the choices.
 * All choices of an item share its context, so that comparing logits is enough. A tie counts as
 * drawing lots would.
 */
export async function scoreZeroShot(
  backbone: Backbone,
  weights: Tensors,
  task: ZeroShotTask,
  watch: Watch,
): Promise<number> {
  const { choices, choicesPerItem, positionsPerItem } = task;
  let right = 0;
  await overHiddenTokens(backbone, weights, task.test, task, watch, (logits, start) => {
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
 * Gives `visit` the logits [p, vocabulary] of the hidden tokens, batch after batch, with the place
 * of the first among all.
 */
async function overHiddenTokens(
  backbone: Backbone,
  weights: Tensors,
  sequences: Sequences,
  { positions, positionsPerItem }: { positions: Int32Array; positionsPerItem: number },
  watch: Watch,
  visit: (logits: Tensor, start: number) => void,
): Promise<void> {
  const { count, length } = sequences;
  const uploaded = upload(
    weights,
    backbone.parameters.map(({ name }) => name),
  );
  try {
    for (let item = 0; item < count; item += itemsPerBatch) {
      watch.check();
      const items = Math.min(itemsPerBatch, count - item);
      const start = item * positionsPerItem;
      // Positions count within their sequence; the model wants them within the batch.
      const rows = positions
        .subarray(start, start + items * positionsPerItem)
        .map((position, at) => Math.floor(at / positionsPerItem) * length + position);
      const ids = sequences.ids.subarray(item * length, (item + items) * length);
      inScope(() => {
        const batch = { ids, positions: rows, size: items, length };
        visit(hiddenTokenLogits(backbone, weightsOf(uploaded), batch), start);
      });
      watch.progress("score", item + items, count);
      await nextTurn();
    }
  } finally {
    tf.dispose([...uploaded.values()]);
  }
}
