/** The strategies on recorded scores; run by `npm run bench:strategies`. */
import type { SearchSettings } from "@opnas/core";
import { flag, jsonObject, list, positive, runBench, text, whole } from "../common/command.ts";
import { medianWithInterval, type Interval } from "../common/interval.ts";
import { item, numbersFrom } from "../common/items.ts";
import { note } from "../common/progress.ts";
import { settingsOf } from "../common/settings.ts";
import type { Table } from "../tables/table.ts";
import { openTables, tableName } from "../tables/tables.ts";
import * as report from "./report.ts";
import {
  curvesOf,
  reference,
  scoresOfTrainings,
  scoresWithNoise,
  variantsOf,
  type Scores,
  type Variant,
} from "./searches.ts";
import { tpe } from "./tpe.ts";

const about = `The strategies on recorded scores: the score that training would give is looked up, so a search takes
milliseconds and can be repeated often enough to tell strategies apart.

Every strategy is run with every seed on every table, under the same settings, until it has evaluated
400 architectures (Optuna's TPE with --tpe seeds, until 200). Printed are: the evaluations to random
search's best of 200 (median with a 95 % interval by order statistics); their ratio to the default's
(paired by seed, 95 % interval by resampling); the share of seeds that hold the table's best; and the
mean regret, the table's best minus the score of what the search holds for its best.

An architecture's score is the mean of its recorded trainings. With --noisy strategies see the score of
the first training, and what they have found is judged by the others. With --noise 1 they see the mean
with normal noise of one standard deviation of the table's best quarter. --override changes settings of
the preset: '{"population":20}'. Tables from outside are downloaded into the cache (bench/README.md).`;

const { budget, horizon } = report;

await runBench(
  {
    name: "bench:strategies",
    about,
    options: {
      record: text.default("bench/record/record.json.gz"),
      tables: list(tableName).default([
        "record",
        "nas-bench-macro",
        "nas-bench-201-cifar100",
        "nas-bench-201-imagenet16",
      ]),
      seeds: whole(1).default(400),
      "first-seed": whole(0).default(1),
      tpe: whole(0).default(30),
      noisy: flag,
      noise: positive.optional(),
      preset: text.default("tiny"),
      override: jsonObject.default({}),
    },
    quick: { seeds: "3", tables: "record", tpe: "0" },
  },
  async (options) => {
    const settings = settingsOf(options.preset, { generations: horizon, ...options.override });
    const first = options["first-seed"];
    const seeds = numbersFrom(first, options.seeds);
    const peer = options.tpe > 0 ? await tpe(options.tpe) : null;
    const variants = [...variantsOf(settings), ...(peer ? [peer.variant] : [])];
    const opened = await openTables(options.tables, { ...options, download: !options.quick });
    const measured = [];
    for (const table of opened) {
      const scores = scoresOf(table, options);
      if (!scores) continue;
      measured.push(await measure(table, scores, variants, seeds, first));
    }
    peer?.end();
    const overall = overallOf(measured.map(({ evaluations }) => evaluations));
    if (measured.length > 1) printOverall(overall, measured.length);
    const tables = measured.map(({ name, architectures, targets, strategies }) => {
      return { name, architectures, targets, strategies };
    });
    return { seeds: seeds.length, settings: usedOf(settings), budget, tables, overall };
  },
);

function scoresOf(
  table: Table,
  { noisy, noise = 0 }: { noisy: boolean; noise?: number | undefined },
): Scores | undefined {
  if (!noisy) return scoresWithNoise(table, noise);
  if (table.runs) return scoresOfTrainings(table.runs);
  note(`${table.name} is left out: it has no scores of single trainings`);
  return undefined;
}

type Evaluations = Record<string, readonly number[]>;

/** Runs every variant on a table and prints a Markdown table of what came out. */
async function measure(
  table: Table,
  scores: Scores,
  variants: readonly Variant[],
  seeds: readonly number[],
  first: number,
) {
  const curves: [string, number[][]][] = [];
  for (const { name, search, ...most } of variants) {
    note(`${table.name}: ${name}`);
    const some = seeds.slice(0, most.seeds);
    const length = Math.min(horizon, most.evaluations ?? horizon);
    curves.push([name, await curvesOf(search, table, scores, some, length)]);
  }
  const ofRandom = curves.filter(([name]) => name === "random").flatMap(([, each]) => each);
  const target = medianWithInterval(
    ofRandom.map((curve) => item(curve, Math.min(budget, curve.length) - 1)),
  ).median;
  const best = Math.max(...scores.judged.values());
  const all = Object.fromEntries(
    curves.map(([name, each]) => {
      const trials = { curves: each, targets: each.map(() => target), bests: each.map(() => best) };
      return [name, trials] as const;
    }),
  );
  const evaluations: Evaluations = Object.fromEntries(
    Object.entries(all).map(([name, trials]) => [name, report.evaluationsOf(trials)]),
  );
  const size = `${scores.judged.size} architectures, ${seeds.length} seeds from ${first}`;
  console.log(`\n${table.title}: ${size}; best ${best.toFixed(2)},`);
  console.log(`random search's best of ${budget} (median): ${target.toFixed(2)}\n`);
  console.log(report.markdownHead(["strategy", ...report.columns]));
  const strategies = Object.fromEntries(
    Object.entries(all).map(([name, trials]) => {
      const result = report.resultOf(trials);
      const ratio = name === reference ? null : ratioOf([evaluations], name);
      console.log(report.markdownRow([name, ...report.cellsOf(result, ratio, 2)]));
      return [name, { ...result, ratio }];
    }),
  );
  const targets = { randomsBest: target, best };
  return { name: table.name, architectures: scores.judged.size, targets, strategies, evaluations };
}

/** Returns the ratio of a variant's evaluations to the reference's, over tables. */
function ratioOf(tables: readonly Evaluations[], name: string): Interval {
  return report.ratioWithInterval(
    tables.map((evaluations) =>
      (evaluations[name] ?? []).map((own, seed) => {
        return [own, item(evaluations[reference] ?? [], seed)] as const;
      }),
    ),
  );
}

function overallOf(tables: readonly Evaluations[]): Record<string, Interval> {
  const names = Object.keys(tables[0] ?? {}).filter((name) => name !== reference);
  return Object.fromEntries(names.map((name) => [name, ratioOf(tables, name)]));
}

function printOverall(overall: Record<string, Interval>, tables: number): void {
  console.log(`\nEvaluations of the default's, the geometric mean of ${tables} tables\n`);
  console.log(report.markdownHead(["strategy", "ratio"]));
  for (const [name, ratio] of Object.entries(overall)) {
    console.log(report.markdownRow([name, report.ratioText(ratio)]));
  }
}

function usedOf({
  population,
  parents,
  childrenPerParent,
  ucb,
  screening,
  reinforcement,
  mutation,
}: SearchSettings) {
  return { population, parents, childrenPerParent, ucb, screening, reinforcement, mutation };
}
