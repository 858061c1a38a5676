import { z } from "zod";
import { mean } from "../common/statistics.ts";
import type { Chart } from "./chart.ts";

/** Candidates that a point of the curve is the mean of. */
const recent = 16;

/** The part of `npm run bench:searches -- --json FILE` that is drawn. */
export const searchesSchema = z.object({
  outcomes: z
    .array(z.object({ strategy: z.string(), seed: z.int(), scores: z.array(z.number()).min(1) }))
    .min(1),
});

/**
 * Returns the chart of whole searches: the mean score of the latest 16 candidates, and the best so
 * far, over the number of candidates; the mean of the seeds.
 */
export function searchesChart({ outcomes }: z.infer<typeof searchesSchema>): Chart {
  const strategies = [...new Set(outcomes.map(({ strategy }) => strategy))];
  const values = strategies.flatMap((strategy) => {
    const searches = outcomes.filter((outcome) => outcome.strategy === strategy);
    const length = Math.min(...searches.map(({ scores }) => scores.length));
    return Array.from({ length }, (_, index) => {
      const until = index + 1;
      const over = (figure: (scores: readonly number[]) => number) =>
        mean(searches.map(({ scores }) => figure(scores)));
      const latest = over((scores) => mean(scores.slice(Math.max(0, until - recent), until)));
      const best = over((scores) => Math.max(...scores.slice(0, until)));
      return [
        { strategy, candidates: until, score: latest, curve: `latest ${recent}` },
        { strategy, candidates: until, score: best, curve: "best so far" },
      ];
    }).flat();
  });
  return {
    title: "Whole searches: score of the candidates, mean of the seeds",
    data: { values: values.filter(({ candidates }) => candidates >= 8) },
    mark: "line",
    encoding: {
      x: { field: "candidates", type: "quantitative", title: "candidates evaluated" },
      y: { field: "score", type: "quantitative", title: "score", scale: { zero: false } },
      color: { field: "strategy", type: "nominal", sort: strategies },
      strokeDash: { field: "curve", type: "nominal", sort: [`latest ${recent}`] },
    },
  };
}
