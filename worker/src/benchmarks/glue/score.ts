import { z } from "zod";
import { measure, metrics } from "./metrics.js";
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

/** GLUE's average over its nine tasks, and over the eight that BERT's paper counts. */
export interface Averages {
  average: number | null;
  averageWithoutWnli: number | null;
}

/** Averages scores over GLUE's tasks; null if a task is missing. */
export function averages(scores: readonly { task: GlueTaskName; score: number }[]): Averages {
  const over = (names: readonly GlueTaskName[]) => {
    const found = scores.filter(({ task }) => names.includes(task)).map(({ score }) => score);
    return found.length === names.length ? mean(found) : null;
  };
  return {
    average: over(glueTaskNames),
    averageWithoutWnli: over(glueTaskNames.filter((name) => name !== "WNLI")),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
