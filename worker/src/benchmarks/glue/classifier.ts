import { tf, type Tensor } from "../../engine/tf.js";
import { floats } from "../../engine/hostTensor.js";
import { classLogits, classLoss } from "../../model/taskHeads.js";
import { classifierParameters } from "../../model/parameters.js";
import type { Tensors, Weights } from "../../model/tensors.js";
import type { RunControl } from "../../training/loop.js";
import { forEachRowBatch, headMask, trainOnRows, withTaskHead } from "../../training/taskHead.js";
import { encodeRow } from "../encode.js";
import { rowsBatch, stepsOf, type TunedModel, type Tuning } from "../tuning.js";
import type { LabelledExample } from "./read.js";
import type { GlueTask } from "./tasks.js";

/**
 * Trains a copy of the model with a new head on a task's examples: with one output per class by
 * cross-entropy, or with one output by squared error if labels are scores.
 * @returns the weights of the copy
 * @throws DivergedError if a loss or a gradient is not finite
 */
export async function fineTuneGlue(
  model: TunedModel,
  task: GlueTask,
  examples: readonly LabelledExample[],
  tuning: Tuning,
  learningRate: number,
  control: RunControl,
): Promise<Tensors> {
  const { size, backbone, encoder } = model;
  const { seed, batch, length } = tuning;
  const head = classifierParameters(size, task.classes?.length ?? 1);
  const weights = withTaskHead(model.weights, head, seed);
  const rows = { count: examples.length, seed, purpose: `GLUE ${task.name}` };
  const plan = { steps: stepsOf(tuning, examples.length), batch, learningRate };
  const lossOf = (on: Weights, chosen: Int32Array): Tensor => {
    const sampled = [...chosen].flatMap((row) => examples[row] ?? []);
    const batch = rowsBatch(
      model,
      sampled.map(({ texts }) => encodeRow(encoder, texts, length)),
      length,
    );
    const states = backbone.encode(on, batch); // [b, n, hidden]
    const labels = sampled.map(({ label }) => label);
    if (task.classes)
      return classLoss(on, [states], [tf.tensor1d(labels, "int32"), ...headMask(batch)]);
    const scores = classLogits(on, [states], headMask(batch)).reshape([-1]);
    return scores.sub(tf.tensor1d(labels, "float32")).square().mean();
  };
  await trainOnRows(weights, rows, plan, lossOf, control);
  return weights;
}

/**
 * Predicts the class or the score of each row of texts; NaN if the model's output is not finite.
 */
export async function predictGlue(
  model: TunedModel,
  weights: Tensors,
  task: GlueTask,
  examples: readonly (readonly string[])[],
  { length }: Tuning,
  control: RunControl,
): Promise<number[]> {
  const { backbone, encoder } = model;
  const predicted: number[] = [];
  await forEachRowBatch(weights, { count: examples.length, length }, control, (on, rows) => {
    const batch = rowsBatch(
      model,
      [...rows].map((row) => encodeRow(encoder, examples[row] ?? [], length)),
      length,
    );
    const logits = classLogits(on, [backbone.encode(on, batch)], headMask(batch));
    const outputs = floats(logits);
    const values = task.classes ? logits.argMax(1).dataSync() : outputs;
    const width = outputs.length / rows.length;
    for (const [at, value] of values.entries()) {
      const own = outputs.subarray(at * width, (at + 1) * width);
      predicted.push(own.every(Number.isFinite) ? value : NaN);
    }
  });
  return predicted;
}
