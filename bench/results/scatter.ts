import { z } from "zod";
import { item } from "../common/items.ts";
import { mean } from "../common/statistics.ts";
import type { TrainingRecord } from "../record/file.ts";
import type { Chart } from "./chart.ts";

function quantitative(field: string, title: string) {
  return { field, type: "quantitative", title, scale: { zero: false } } as const;
}

/** Returns the chart of a record: each architecture's score under one seed against that under another. */
export function recordChart({ entries }: TrainingRecord): Chart {
  const values = entries.map(({ name, runs }) => ({
    first: item(runs, 0).score,
    second: item(runs, 1).score,
    kind: name === undefined ? "random" : "named",
  }));
  return {
    title: "Scores trained alone, one seed against another",
    data: { values },
    mark: { type: "point", opacity: 0.6 },
    encoding: {
      x: quantitative("first", "score, seed 1"),
      y: quantitative("second", "score, seed 2"),
      color: { field: "kind", type: "nominal" },
    },
  };
}

const inherited = z.array(z.object({ score: z.number() }));

/** The part of `npm run bench:biws -- --json FILE` that is drawn. */
export const biwsSchema = z.object({
  scores: z.array(z.object({ alone: z.number(), biws: inherited, oneBranch: inherited })),
});

/** Returns the chart of scores with inherited weights against scores trained alone. */
export function biwsChart({ scores }: z.infer<typeof biwsSchema>): Chart {
  const meanScore = (results: z.infer<typeof inherited>) => mean(results.map(({ score }) => score));
  const values = scores.flatMap(({ alone, biws, oneBranch }) => [
    { alone, inherited: meanScore(biws), superNet: "two branches a step" },
    { alone, inherited: meanScore(oneBranch), superNet: "one branch a step" },
  ]);
  return {
    title: "Score with inherited weights against score trained alone",
    data: { values },
    mark: { type: "point", opacity: 0.7 },
    encoding: {
      x: quantitative("alone", "score trained alone"),
      y: quantitative("inherited", "score with inherited weights"),
      color: { field: "superNet", type: "nominal", sort: ["two branches a step"] },
    },
  };
}
