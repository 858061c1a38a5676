import { readFile } from "node:fs/promises";
import path from "node:path";
import { strategyNames } from "@opnas/core";
import { expect } from "vitest";
import { z } from "zod";
import { at, bench, positive } from "../common/quickBench.ts";

// What was not reached within the horizon is Infinity, which JSON writes as null.
const needed = z.object({
  median: positive.nullable(),
  low: positive.nullable(),
  high: positive.nullable(),
});
const figure = z.object({ median: z.number().min(0), low: z.number(), high: z.number() });
const byEvaluations = z.object({ 50: figure, 100: figure, 200: figure });
const result = z.object({
  evaluations: needed,
  ratio: needed.nullable(),
  holdingTheBest: byEvaluations,
  regret: byEvaluations,
  // Made-up scores may be below 0.
  curve: z.array(z.object({ median: z.number(), low: z.number(), high: z.number() })),
});
/** Matches the row of a strategy: evaluations, ratio, shares and regrets. */
const rowOf = (name: string) =>
  new RegExp(
    `^\\| ${name} \\| \\d+ \\(\\d.*?\\) \\| (–|\\d.*?\\)) \\| \\d+ \\d+ \\d+ \\| [\\d.]+ [\\d.]+ [\\d.]+ \\|$`,
    "m",
  );

/** Tests of the quick runs of benches that only search, by their npm scripts. */
export const searchingBenches: Record<string, () => Promise<void>> = {
  "bench:proposals": async () => {
    const row = z.object({
      strategy: z.string(),
      candidates: z.literal(40),
      firstWall: positive,
      nextProcessor: positive,
    });
    const schema = z.object({ layers: z.literal(2), rows: z.array(row) });
    const { report } = await bench("bench:proposals", schema);
    const measured = report.rows.map(({ strategy }) => strategy);
    expect(measured).toEqual([...strategyNames, "opnas-linear"]);
  },

  "bench:strategies": async () => {
    const { printed, report } = await bench(
      "bench:strategies",
      z.object({
        seeds: z.literal(1),
        tables: z.tuple([
          z.object({
            name: z.literal("record"),
            targets: z.object({ randomsBest: positive, best: positive }),
            strategies: z.record(z.string(), result),
          }),
        ]),
      }),
    );
    const [{ strategies }] = report.tables;
    expect(Object.keys(strategies)).toHaveLength(16);
    for (const [name, { curve }] of Object.entries(strategies)) {
      expect(printed).toMatch(rowOf(name));
      expect(curve).toHaveLength(200);
    }
  },

  "bench:landscapes": async () => {
    const strategies = z.record(z.string(), result);
    const { printed, report } = await bench(
      "bench:landscapes",
      z.object({ rows: z.array(z.object({ landscape: z.string(), strategies })).length(4) }),
    );
    for (const { landscape, strategies } of report.rows) {
      expect(printed).toContain(`${landscape}: 15625 cells, 1 seeds`);
      expect(Object.keys(strategies)).toHaveLength(16);
      for (const name of Object.keys(strategies)) expect(printed).toMatch(rowOf(name));
    }
  },

  "bench:sweep": async () => {
    const rows = z.array(result.extend({ strategy: z.string(), change: z.string() }));
    const table = z.object({ name: z.literal("record"), target: positive, rows });
    const { printed, report } = await bench("bench:sweep", z.object({ tables: z.tuple([table]) }));
    const [{ rows: measured }] = report.tables;
    expect(measured.map(({ strategy }) => strategy)).toEqual(["random", "opnas"]);
    expect(printed).toMatch(rowOf("opnas \\| \\{\\}"));
  },

  "bench:plots": async () => {
    const plot = z.object({ file: z.string(), bytes: positive });
    const { printed, report } = await bench(
      "bench:plots",
      z.object({ plots: z.array(plot).length(4) }),
      "--out",
      at(""),
    );
    for (const { file } of report.plots) {
      expect(await readFile(file, "utf8")).toMatch(/^<svg .*<\/svg>\n$/s);
      expect(printed).toContain(path.basename(file));
    }
  },

  "search:table": async () => {
    const evaluated = z.object({
      evaluation: z.int(),
      row: z.int().min(1).max(27),
      options: z.record(z.string(), z.string()),
      score: z.number(),
    });
    const { printed, report } = await bench(
      "search:table",
      z.object({
        best: evaluated,
        rows: z.literal(27),
        slots: z.array(z.object({ name: z.string(), isOrdered: z.boolean() })),
        evaluated: z.array(evaluated).length(12),
      }),
    );
    expect(report.slots.map(({ name, isOrdered }) => [name, isOrdered])).toEqual([
      ["activation", false],
      ["width", true],
      ["kernel", true],
    ]);
    const { best } = report;
    expect(best.score).toBe(Math.max(...report.evaluated.map(({ score }) => score)));
    expect(printed).toContain(`${best.evaluation}: ${best.score}  ${JSON.stringify(best.options)}`);
    expect(printed).toContain("the best of 12 evaluations came with number");
    expect(printed).toContain(`it is row ${best.row}, number `);
  },
};
