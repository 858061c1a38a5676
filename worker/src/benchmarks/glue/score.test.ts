import { expect, test } from "vitest";
import type { Metric } from "./metrics.js";
import { averages } from "./score.js";
import type { GlueTaskName } from "./tasks.js";

/** Columns of table 1 of BERT's paper, in its order, with the average that it gives. */
const columns: [GlueTaskName, string | null, Metric][] = [
  ["MNLI", "matched", "accuracy"],
  ["MNLI", "mismatched", "accuracy"],
  ["QQP", null, "f1"],
  ["QNLI", null, "accuracy"],
  ["SST-2", null, "accuracy"],
  ["CoLA", null, "matthews"],
  ["STS-B", null, "spearman"],
  ["MRPC", null, "f1"],
  ["RTE", null, "accuracy"],
];
const published = {
  "BERT base": { row: [84.6, 83.4, 71.2, 90.5, 93.5, 52.1, 85.8, 88.9, 66.4], average: 79.6 },
  "BERT large": { row: [86.7, 85.9, 72.1, 92.7, 94.9, 60.5, 86.5, 89.3, 70.1], average: 82.1 },
};

test.each(Object.entries(published))(
  "the average of %s's row is the published one",
  (_, { row, average }) => {
    const names = [...new Set(columns.map(([task]) => task))];
    const scores = names.map((task) => {
      const metrics = columns.flatMap(([of, set, metric], index) =>
        of === task ? [{ set, metric, value: row[index] ?? null }] : [],
      );
      // Metrics that the table does not show change nothing.
      return {
        task,
        score: 0,
        metrics: [...metrics, { set: null, metric: "pearson" as const, value: 1 }],
      };
    });
    expect(averages(scores).bertAverage).toBeCloseTo(average, 1);
    expect(averages(scores.slice(1)).bertAverage).toBeNull();
    expect(averages(scores).average).toBeNull();
  },
);
