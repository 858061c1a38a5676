import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Model } from "../../artifacts/model.js";
import { DivergedError, watch, type Watch } from "../../training/watch.js";
import type { FileReport } from "../fileReport.js";
import {
  bestTrial,
  checkLength,
  modelToTune,
  type BenchmarkReport,
  type Trial,
  type TunedModel,
  type Tuning,
} from "../tuning.js";
import { fineTuneGlue, predictGlue } from "./fineTune.js";
import { readGlueTask } from "./read.js";
import { averages, scoreGlue, type Averages, type MetricScore } from "./score.js";
import { fallbackOf, submissionFile, zipOf, type SubmissionFile } from "./submission.js";
import { glueTaskNames, glueTasks, type GlueTask, type GlueTaskName } from "./tasks.js";

/** Everything that a run of GLUE follows from. */
export interface GlueInput {
  model: Model;
  /** The official folder. */
  folder: string;
  /** Where `glue.json` and `glue-submission.zip` are written. */
  out: string;
  tuning: Tuning;
  /** All nine where it is not given. */
  tasks?: readonly GlueTaskName[];
  report?: BenchmarkReport;
  stopped: () => boolean;
}

export interface GlueTaskResult {
  task: GlueTaskName;
  /** Mean of the metrics on the dev sets, 0–100 (correlations may be below 0); 0 if diverged. */
  score: number;
  metrics: MetricScore[];
  /** The best of the trials; null if all diverged. */
  learningRate: number | null;
  trials: Trial[];
  /** Test rows that have no prediction of the model's (`fallbackOf`), by the submission's file. */
  fallbacks: Record<string, number>;
}

export interface GlueResult extends Averages {
  benchmark: "GLUE";
  tuning: Tuning;
  tasks: GlueTaskResult[];
  /** What was found in the folder, rows that could not be used among it. */
  files: FileReport[];
}

/**
 * Fine-tunes a model on the tasks of GLUE, scores it on their dev sets by the official metrics, and
 * predicts their test sets for a submission. All files are read before the first training, so that
 * one that cannot be used is told at once; what is known is written after every task. A task whose every training diverged scores 0 and is
 * submitted as its most frequent class.
 *
 * @throws OpnasError STOPPED once `stopped()`; BAD_INPUT as `readGlueTask`; BAD_SETTING
 */
export async function runGlue(input: GlueInput): Promise<GlueResult> {
  const { model, folder, out, tuning, stopped } = input;
  checkLength(tuning, model);
  const wanted = glueTasks.filter(({ name }) => (input.tasks ?? glueTaskNames).includes(name));
  const files: FileReport[] = [];
  for (const task of wanted) files.push(...(await readGlueTask(folder, task)).reports);
  await mkdir(out, { recursive: true });

  const result: GlueResult = { benchmark: "GLUE", tuning, ...averages([]), tasks: [], files };
  const submission: SubmissionFile[] = [];
  const tuned = modelToTune(model);
  try {
    for (const task of wanted) {
      const watchOf = (learningRate: number | null) =>
        watch(stopped, (phase, done, total) =>
          input.report?.({ task: task.name, learningRate, phase, done, total }),
        );
      const done = await runTask(tuned, task, folder, tuning, watchOf);
      result.tasks.push(done.result);
      submission.push(...done.predictions);
      Object.assign(result, averages(result.tasks));
      await writeFile(path.join(out, "glue.json"), `${JSON.stringify(result, null, 2)}\n`);
      await writeFile(path.join(out, "glue-submission.zip"), zipOf(submission));
    }
  } finally {
    tuned.backbone.release();
  }
  return result;
}

async function runTask(
  model: TunedModel,
  task: GlueTask,
  folder: string,
  tuning: Tuning,
  watchOf: (learningRate: number | null) => Watch,
): Promise<{ result: GlueTaskResult; predictions: SubmissionFile[] }> {
  const { train, dev, test } = await readGlueTask(folder, task);
  const { trials, best } = await bestTrial(tuning.learningRates, async (learningRate) => {
    const watch = watchOf(learningRate);
    const weights = await fineTuneGlue(model, task, train, tuning, learningRate, watch);
    const predicted: number[][] = [];
    for (const set of dev) {
      const texts = set.map(({ texts }) => texts);
      predicted.push(await predictGlue(model, weights, task, texts, tuning, watch));
    }
    if (predicted.flat().some(Number.isNaN)) throw new DivergedError();
    return { weights, ...scoreGlue(task, dev, predicted) };
  });

  const fallback = fallbackOf(task, train);
  const predictions: SubmissionFile[] = [];
  for (const set of test) {
    const texts = set.examples.flatMap(({ texts }) => (texts ? [texts] : []));
    const predicted = best
      ? await predictGlue(model, best.weights, task, texts, tuning, watchOf(best.learningRate))
      : [];
    predictions.push(submissionFile(task, set, predicted, fallback));
  }
  const { score = 0, metrics = [], learningRate = null } = best ?? {};
  const fallbacks = Object.fromEntries(predictions.map(({ name, fallbacks }) => [name, fallbacks]));
  const result = { task: task.name, score, metrics, learningRate, trials, fallbacks };
  return { result, predictions };
}
