import path from "node:path";
import { z } from "zod";
import type { Model } from "../../model/modelFile.js";
import { writeAtomically } from "../../files/writeAtomically.js";
import { DivergedError } from "../../training/step.js";
import { countCut } from "../encode.js";
import type { FileReport } from "../benchmarkFiles.js";
import { keeping, type KeepWeights } from "../keep.js";
import { resumeOr, resultKeyOf } from "../resume.js";
import {
  bestTrial,
  checkLength,
  controlOf,
  modelToTune,
  trialSchema,
  type BenchmarkControl,
  type TunedModel,
  type Tuning,
} from "../tuning.js";
import { fineTuneGlue, predictGlue } from "./classifier.js";
import { readGlueTask, type GlueData } from "./read.js";
import { averages, metricScoreSchema, scoreGlue, type Averages } from "./score.js";
import {
  fallbackOf,
  submissionFile,
  submissionFileSchema,
  zipOf,
  type SubmissionFile,
} from "./submission.js";
import {
  glueTaskNames,
  glueTasks,
  submissionNames,
  type GlueTask,
  type GlueTaskName,
} from "./tasks.js";

/** Everything that a run of GLUE follows from. */
export interface GlueInput extends BenchmarkControl {
  model: Model;
  /** Checksum of the model's file of weights, which the result names. */
  checksum: string;
  /** The official folder of GLUE. */
  folder: string;
  /** The folder that `glue.json` and `glue-submission.zip` are written to. */
  out: string;
  tuning: Tuning;
  /** True if the best model of each task is kept (`keeping`). */
  keep?: boolean;
  /** The tasks to run; all nine by default. */
  tasks?: readonly GlueTaskName[];
}

const taskResultSchema = z.object({
  task: z.enum(glueTaskNames),
  /** Mean of the metrics on the dev sets, 0–100 (correlations may be below 0); 0 if diverged. */
  score: z.number(),
  metrics: z.array(metricScoreSchema),
  /** The learning rate of the best trial; null if all diverged. */
  learningRate: z.number().nullable(),
  trials: z.array(trialSchema),
  /**
   * Numbers of test rows predicted by `fallbackOf` instead of the model, by the submission's file.
   */
  fallbacks: z.record(z.string(), z.int()),
  /** Numbers of rows longer than the tuning's length, whose ends were not read. */
  cut: z.object({ train: z.int(), dev: z.int(), test: z.int() }),
});
export type GlueTaskResult = z.infer<typeof taskResultSchema>;

const outcomeSchema = z.object({
  result: taskResultSchema,
  predictions: z.array(submissionFileSchema),
});
type Outcome = z.infer<typeof outcomeSchema>;

/** The result of a run of GLUE, written as `glue.json`. */
export interface GlueResult extends Averages {
  benchmark: "GLUE";
  /** Checksum of the model's file of weights. */
  model: string;
  tuning: Tuning;
  tasks: GlueTaskResult[];
  /** The counts of sound and malformed rows of each file. */
  files: FileReport[];
  /** Files of a whole submission that this one lacks. */
  missing: string[];
}

/**
 * Fine-tunes a model on the tasks of GLUE, scores it on their dev sets by the official metrics, and
 * predicts their test sets for a submission. All files are read before the first training, so that
 * an unusable one is refused at once. Results are written after every task, and an interrupted run
 * resumes with the first task that is not done. A task all of whose trainings diverged scores 0 and
 * is submitted as its most frequent class.
 *
 * @throws OpnasError STOPPED once the signal is aborted; BAD_INPUT as `readGlueTask`; BAD_SETTING
 */
export async function runGlue(input: GlueInput): Promise<GlueResult> {
  const { model, folder, out, tuning, keep = false } = input;
  checkLength(tuning, model);
  const wanted = glueTasks.filter(({ name }) => (input.tasks ?? glueTaskNames).includes(name));
  const files: FileReport[] = [];
  for (const task of wanted) files.push(...(await readGlueTask(folder, task)).reports);

  const result: GlueResult = {
    benchmark: "GLUE",
    model: input.checksum,
    tuning,
    ...averages([]),
    tasks: [],
    files,
    missing: [],
  };
  const submission: SubmissionFile[] = [];
  const tuned = modelToTune(model);
  try {
    for (const task of wanted) {
      const controlAt = controlOf(input, task.name);
      const data = await readGlueTask(folder, task);
      const done = await resumeOr(
        out,
        task.name,
        resultKeyOf(model, { tuning, data, ...(keep && { keep }) }),
        outcomeSchema,
        () => {
          const labels = task.classes === undefined ? null : [...task.classes];
          const kept = keep ? keeping(out, model, { name: task.name, labels }) : undefined;
          return runTask(tuned, task, data, tuning, controlAt, kept);
        },
      );
      result.tasks.push(done.result);
      submission.push(...done.predictions);
      const names = submission.map(({ name }) => name);
      result.missing = submissionNames.filter((name) => !names.includes(name));
      Object.assign(result, averages(result.tasks));
      await writeAtomically(path.join(out, "glue.json"), [`${JSON.stringify(result, null, 2)}\n`]);
      await writeAtomically(path.join(out, "glue-submission.zip"), [zipOf(submission)]);
    }
  } finally {
    tuned.backbone.release();
  }
  return result;
}

async function runTask(
  model: TunedModel,
  task: GlueTask,
  { train, dev, test }: GlueData,
  tuning: Tuning,
  controlAt: ReturnType<typeof controlOf>,
  keep?: KeepWeights,
): Promise<Outcome> {
  const { trials, best } = await bestTrial(tuning.learningRates, async (learningRate) => {
    const control = controlAt(learningRate);
    const weights = await fineTuneGlue(model, task, train, tuning, learningRate, control);
    const predicted: number[][] = [];
    for (const set of dev) {
      const texts = set.map(({ texts }) => texts);
      predicted.push(await predictGlue(model, weights, task, texts, tuning, control));
    }
    if (predicted.flat().some(Number.isNaN)) throw new DivergedError();
    return { weights, ...scoreGlue(task, dev, predicted) };
  });

  if (best) await keep?.(best.weights);
  const fallback = fallbackOf(task, train);
  const predictions: SubmissionFile[] = [];
  for (const set of test) {
    const texts = set.examples.flatMap(({ texts }) => (texts ? [texts] : []));
    const predicted = best
      ? await predictGlue(model, best.weights, task, texts, tuning, controlAt(best.learningRate))
      : [];
    predictions.push(submissionFile(task, set, predicted, fallback));
  }
  const { score = 0, metrics = [], learningRate = null } = best ?? {};
  const fallbacks = Object.fromEntries(predictions.map(({ name, fallbacks }) => [name, fallbacks]));
  const cutIn = (rows: readonly { texts?: readonly string[] }[]) =>
    countCut(
      model.encoder,
      rows.flatMap(({ texts }) => (texts ? [texts] : [])),
      tuning.length,
    );
  const cut = {
    train: cutIn(train),
    dev: cutIn(dev.flat()),
    test: cutIn(test.flatMap(({ examples }) => examples)),
  };
  const result = { task: task.name, score, metrics, learningRate, trials, fallbacks, cut };
  return { result, predictions };
}
