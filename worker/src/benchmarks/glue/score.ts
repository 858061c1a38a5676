import { z } from "zod";
import { measure, type Metric, metrics } from "./metrics.js";
import type { LabelledExample } from "./read.js";
import { glueTaskNames, type GlueTask, type GlueTaskName } from "./tasks.js";

/** A metric on a dev set, × 100; null if it does not exist (`measure`). */
export const metricScoreSchema = z.object({
  set: z.string().nullable(),
  metric: z.enum(metrics),
  value: z.number().nullable(),
});
export type MetricScore = z.infer<typeof metricScoreSchema>;

/**
 * Computes a task's metrics on all its dev sets and their mean, in which a missing one counts as 0.
 */
export function scoreGlue(
  task: GlueTask,
  dev: readonly (readonly LabelledExample[])[],
  predicted: readonly (readonly number[])[],
): { score: number; metrics: MetricScore[] } {
  const metrics = task.sets.flatMap((set, at) =>
    task.metrics.map((metric): MetricScore => {
      const gold = (dev[at] ?? []).map(({ label }) => label);
      const value = measure(metric, predicted[at] ?? [], gold);
      return { set: set.name, metric, value: value === null ? null : 100 * value };
    }),
  );
  return { score: mean(metrics.map(({ value }) => value ?? 0)), metrics };
}

/** Averages over GLUE's tasks; each is null if a task of it is missing. */
export interface Averages {
  /** GLUE's own: over its nine tasks, each the mean of its metrics on all its sets. */
  average: number | null;
  /** GLUE's own without WNLI, which most papers leave out. */
  averageWithoutWnli: number | null;
  /** The average of BERT's table: 82.1 for its large model, 79.6 for base, on test sets. */
  bertAverage: number | null;
}

/** The columns of the table in BERT's paper (table 1): MNLI's two sets, and one metric of each other task. */
const bertColumns: readonly { task: GlueTaskName; set?: string; metric: Metric }[] = [
  { task: "MNLI", set: "matched", metric: "accuracy" },
  { task: "MNLI", set: "mismatched", metric: "accuracy" },
  { task: "QQP", metric: "f1" },
  { task: "QNLI", metric: "accuracy" },
  { task: "SST-2", metric: "accuracy" },
  { task: "CoLA", metric: "matthews" },
  { task: "STS-B", metric: "spearman" },
  { task: "MRPC", metric: "f1" },
  { task: "RTE", metric: "accuracy" },
];

/** Averages scores over GLUE's tasks and over the columns of BERT's table; a missing metric counts as 0. */
export function averages(
  scores: readonly { task: GlueTaskName; score: number; metrics: readonly MetricScore[] }[],
): Averages {
  const over = (names: readonly GlueTaskName[]) => {
    const found = scores.filter(({ task }) => names.includes(task)).map(({ score }) => score);
    return found.length === names.length ? mean(found) : null;
  };
  const columns = bertColumns.flatMap(({ task, set = null, metric }) => {
    const found = scores.find((score) => score.task === task);
    if (found === undefined) return [];
    return [found.metrics.find((each) => each.set === set && each.metric === metric)?.value ?? 0];
  });
  return {
    average: over(glueTaskNames),
    averageWithoutWnli: over(glueTaskNames.filter((name) => name !== "WNLI")),
    bertAverage: columns.length === bertColumns.length ? mean(columns) : null,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
