import { floats } from "../../engine/hostTensor.js";
import { tf, type Tensor } from "../../engine/tf.js";
import { spanParameters } from "../../model/parameters.js";
import { spanLogits, spanLoss } from "../../model/taskHeads.js";
import type { Tensors, Weights } from "../../model/tensors.js";
import type { RunControl } from "../../training/loop.js";
import { DivergedError } from "../../training/step.js";
import { forEachRowBatch, headMask, trainOnRows, withTaskHead } from "../../training/taskHead.js";
import { rowsBatch, stepsOf, type TunedModel, type Tuning } from "../tuning.js";
import { rowOfWindow, type Window } from "./windows.js";

/**
 * Trains a copy of the model with a new span head to mark the answers in windows.
 * @returns the weights of the copy
 * @throws DivergedError if a loss or a gradient is not finite
 */
export async function fineTuneSquad(
  model: TunedModel,
  windows: readonly Window[],
  tuning: Tuning,
  learningRate: number,
  purpose: string,
  control: RunControl,
): Promise<Tensors> {
  const { seed, batch, length } = tuning;
  const weights = withTaskHead(model.weights, spanParameters(model.size), seed);
  const rows = { count: windows.length, seed, purpose };
  const plan = { steps: stepsOf(tuning, windows.length), batch, learningRate };
  const lossOf = (on: Weights, chosen: Int32Array): Tensor => {
    const sampled = [...chosen].flatMap((row) => windows[row] ?? []);
    const batch = rowsBatch(model, sampled.map(rowOfWindow), length);
    const ends = [
      ...sampled.map(({ answer }) => answer.first),
      ...sampled.map(({ answer }) => answer.last),
    ];
    const constants = [tf.tensor1d(ends, "int32"), ...headMask(batch)];
    return spanLoss(on, [model.backbone.encode(on, batch)], constants);
  };
  await trainOnRows(weights, rows, plan, lossOf, control);
  return weights;
}

/** The logits of each token of a window's row to begin and to end the answer: each [n]. */
export interface SpanScores {
  begin: Float32Array;
  end: Float32Array;
}

/**
 * Calls `visit` with the logits of every window, in order.
 * @throws DivergedError if a logit is not finite
 */
export async function scoreWindows(
  model: TunedModel,
  weights: Tensors,
  windows: readonly Window[],
  { length }: Tuning,
  visit: (window: Window, scores: SpanScores) => void,
  control: RunControl,
): Promise<void> {
  await forEachRowBatch(weights, { count: windows.length, length }, control, (on, rows) => {
    const chosen = [...rows].flatMap((row) => windows[row] ?? []);
    const batch = rowsBatch(model, chosen.map(rowOfWindow), length);
    const logits = floats(spanLogits(on, [model.backbone.encode(on, batch)], headMask(batch)));
    if (!logits.every(Number.isFinite)) throw new DivergedError();
    const begins = batch.size * batch.length;
    for (const [at, window] of chosen.entries()) {
      const [start, stop] = [at * batch.length, (at + 1) * batch.length];
      visit(window, {
        begin: logits.subarray(start, stop),
        end: logits.subarray(begins + start, begins + stop),
      });
    }
  });
}
