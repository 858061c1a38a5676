import { z } from "zod";
import type { Chart } from "./chart.ts";

const interval = z.object({ median: z.number(), low: z.number(), high: z.number() });

const recordSchema = z.object({
  name: z.literal("record"),
  targets: z.object({ randomsBest: z.number() }),
  strategies: z.record(z.string(), z.object({ curve: z.array(interval) })),
});

/** The part of `npm run bench:strategies -- --json FILE` that is drawn: the record of truth. */
export const strategiesSchema = z
  .object({
    settings: z.object({ population: z.int() }),
    tables: z.array(z.union([recordSchema, z.object({ name: z.string() })])),
  })
  .transform(({ settings, tables }, context) => {
    for (const table of tables) if ("strategies" in table) return { ...table, settings };
    context.addIssue({ code: "custom", message: "it holds no results on the record" });
    return z.NEVER;
  });

/** Returns the chart of the best score so far, with intervals. */
export function strategiesChart({
  strategies,
  targets,
  settings,
}: z.infer<typeof strategiesSchema>): Chart {
  const values = Object.entries(strategies).flatMap(([strategy, { curve }]) =>
    curve
      .map((each, index) => ({ strategy, evaluations: index + 1, ...each }))
      // Before that all sample alike.
      .filter(({ evaluations }) => evaluations >= settings.population),
  );
  const x = {
    field: "evaluations",
    type: "quantitative",
    title: "architectures evaluated",
    scale: { type: "log", nice: false },
  } as const;
  const sort = Object.keys(strategies);
  // The usual ten colours would begin anew with the eleventh strategy.
  const colors = { scheme: "tableau20" } as const;
  const color = { field: "strategy", type: "nominal", sort, scale: colors } as const;
  const scale = { zero: false };
  return {
    title: "Best score so far on the record of truth: median of the seeds, 95 % interval",
    layer: [
      {
        data: { values },
        mark: { type: "area", opacity: 0.2 },
        encoding: {
          x,
          color,
          y: { field: "low", type: "quantitative", title: "best score so far", scale },
          y2: { field: "high" },
        },
      },
      {
        data: { values },
        mark: "line",
        encoding: { x, color, y: { field: "median", type: "quantitative", scale } },
      },
      {
        data: { values: [{ score: targets.randomsBest }] },
        mark: { type: "rule", strokeDash: [4, 4] },
        encoding: { y: { field: "score", type: "quantitative" } },
      },
    ],
  };
}
