import path from "node:path";
import { type FineTunedTask, type Model, writeModel } from "../model/modelFile.js";
import type { Tensors } from "../model/tensors.js";

/** Keeps the weights of the best trial of a task. */
export type KeepWeights = (weights: Tensors) => Promise<void>;

/**
 * Returns how the model of a task is kept: as a folder of `models` in a benchmark's results, by the name
 * of the task.
 */
export function keeping(out: string, model: Model, task: FineTunedTask): KeepWeights {
  const folder = path.join(out, "models", task.name.replaceAll(" ", "-"));
  return async (weights) => {
    await writeModel(folder, { ...model, weights, task });
  };
}
