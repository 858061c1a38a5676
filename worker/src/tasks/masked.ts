import { stream } from "@opnas/core";

import { maskBatch } from "../batches/masked.js";
import { gatherRows, rowOf } from "../text/sequences.js";
import type { MaskedLanguageTask } from "../text/types.js";
import { dataSeed } from "../text/corpus.js";
import { requireExamples, type TaskText } from "./taskText.js";

/** Share of the test tokens that is hidden, whatever share a search trains with. */
export const testMasking = 0.3;

/**
 * Builds the task "mlm": up to `examples` sequences of the test text with hidden words, and the
 * baselines.
 */
export function maskedTask(text: TaskText): MaskedLanguageTask {
  const rows = stream(dataSeed, "mlm: sequences").shuffle([...Array(text.windows.count).keys()]);
  const chosen = Int32Array.from(rows.slice(0, text.examples)).sort();
  requireExamples("mlm", [...chosen], text.length);
  const test = {
    count: chosen.length,
    length: text.length,
    ids: gatherRows(text.windows, chosen),
  };

  const masks = Array.from(chosen, (_, row) =>
    maskBatch(
      stream(dataSeed, "mlm: masks", row),
      rowOf(test, row),
      testMasking,
      text.vocabulary.length,
    ),
  );
  const task = {
    kind: "masked" as const,
    name: "mlm" as const,
    test,
    masked: { ...test, ids: joined(masks.map((mask) => mask.ids)) },
    positionsPerItem: masks[0]?.positions.length ?? 0,
    positions: joined(masks.map((mask) => mask.positions)),
    targets: joined(masks.map((mask) => mask.targets)),
  };
  const unigram = text.bigrams.unigram;
  return {
    ...task,
    unigram: skill(task, () => unigram),
    bigram: skill(task, (left, right) => text.bigrams.between(left, right)),
  };
}

function joined(parts: readonly Int32Array[]): Int32Array {
  return Int32Array.from(parts.flatMap((part) => [...part]));
}

/**
 * Computes mean loss (nats) and accuracy (0–1) of guesses from the two neighbours that the model
 * sees.
 */
function skill(
  task: Pick<MaskedLanguageTask, "masked" | "positionsPerItem" | "positions" | "targets">,
  guess: (left: number, right: number) => Float64Array,
): { loss: number; accuracy: number } {
  let loss = 0;
  let right = 0;
  for (const [index, position] of task.positions.entries()) {
    const row = rowOf(task.masked, Math.floor(index / task.positionsPerItem));
    const probabilities = guess(row[position - 1] ?? 0, row[position + 1] ?? 0);
    const target = task.targets[index] ?? 0;
    loss -= Math.log(probabilities[target] ?? 0);
    if (largest(probabilities) === target) right++;
  }
  return { loss: loss / task.targets.length, accuracy: right / task.targets.length };
}

/** Returns the index of the largest value, the first of equals. */
function largest(values: Float64Array): number {
  let best = 0;
  let most = -Infinity;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    if (value > most) {
      most = value;
      best = index;
    }
  }
  return best;
}
