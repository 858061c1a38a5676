import { medianWithInterval, type Interval } from "../common/interval.ts";
import { item } from "../common/items.ts";
import { note } from "../common/progress.ts";
import type { Table } from "../tables/table.ts";
import * as report from "./report.ts";
import { keepNothing } from "./keptCurves.ts";
import { curveOf, type Scores, type Variant } from "./searches.ts";

const { budget, horizon } = report;

/** A table with the seeds that search it. */
export interface Searched {
  table: Table;
  scores: Scores;
  seeds: readonly number[];
}

/** Evaluations to the target by seed, of each variant. */
export type Evaluations = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** The results of all variants, and what they are made of. */
export interface Measured {
  /** Random search's best of the budget: the median over the seeds of each table. */
  targets: number[];
  /** The best score of each table. */
  bests: number[];
  strategies: Record<string, report.StrategyResult & { ratio: Interval | null }>;
  evaluations: Evaluations;
}

/**
 * Runs every variant with every seed on every table, which count as one: a seed has one table.
 *
 * @param name what is measured, for notes
 * @param reference the variant that the others are compared with
 * @param keep keeps the curves, none by default
 * @throws RangeError if no variant is named "random"
 */
export async function measure(
  name: string,
  groups: readonly Searched[],
  variants: readonly Variant[],
  reference: string,
  keep = keepNothing,
): Promise<Measured> {
  const all: { name: string; groups: { seeds: readonly number[]; curves: number[][] }[] }[] = [];
  for (const variant of variants) {
    note(`${name}: ${variant.name}`);
    const most = Math.ceil((variant.seeds ?? Infinity) / groups.length);
    const length = Math.min(horizon, variant.evaluations ?? horizon);
    const searched = [];
    for (const { table, scores, seeds: given } of groups) {
      const seeds = given.slice(0, most);
      const curves: number[][] = [];
      for (const seed of seeds) {
        const search = { table: table.name, variant: variant.name, seed, evaluations: length };
        const make = () => curveOf(variant.search, table, scores, seed, length);
        curves.push(await keep(search, make));
      }
      searched.push({ seeds, curves });
    }
    all.push({ name: variant.name, groups: searched });
  }
  const random = item(
    all.filter((variant) => variant.name === "random"),
    0,
  );
  const targets = random.groups.map(({ curves }) => {
    const finals = curves.map((curve) => item(curve, Math.min(budget, curve.length) - 1));
    return medianWithInterval(finals).median;
  });
  const bests = groups.map(({ scores }) => Math.max(...scores.judged.values()));
  const trials = all.map((variant) => ({
    name: variant.name,
    seeds: variant.groups.flatMap(({ seeds }) => seeds),
    curves: variant.groups.flatMap(({ curves }) => curves),
    targets: variant.groups.flatMap(({ curves }, at) => curves.map(() => item(targets, at))),
    bests: variant.groups.flatMap(({ curves }, at) => curves.map(() => item(bests, at))),
  }));
  const evaluations = new Map(
    trials.map(({ name, seeds, ...each }) => {
      const counts = report.evaluationsOf(each);
      return [name, new Map(seeds.map((seed, at) => [seed, item(counts, at)]))] as const;
    }),
  );
  const strategies = Object.fromEntries(
    trials.map(({ name, ...each }) => {
      const ratio = name === reference ? null : ratioOf([evaluations], name, reference);
      return [name, { ...report.resultOf(each), ratio }] as const;
    }),
  );
  return { targets, bests, strategies, evaluations };
}

/** Returns the ratio of a variant's evaluations to the reference's, over tables; pairs are of a seed. */
export function ratioOf(
  tables: readonly Evaluations[],
  name: string,
  reference: string,
): Interval | null {
  const pairs = tables.map((evaluations) =>
    [...(evaluations.get(name) ?? [])].flatMap(([seed, own]): report.Pair[] => {
      const other = evaluations.get(reference)?.get(seed);
      return other === undefined ? [] : [[own, other]];
    }),
  );
  return pairs.every((each) => each.length > 0) ? report.ratioWithInterval(pairs) : null;
}

/** Prints the results as a Markdown table. */
export function printResults({ strategies }: Measured, digits = 2): void {
  console.log(report.markdownHead(["strategy", ...report.columns]));
  for (const [name, result] of Object.entries(strategies)) {
    console.log(report.markdownRow([name, ...report.cellsOf(result, result.ratio, digits)]));
  }
}

/**
 * Prints the ratios over several tables, and returns them by the variant's name. Nothing is printed
 * for one table.
 */
export function printOverall(
  tables: readonly Evaluations[],
  reference: string,
): Record<string, Interval | null> {
  const names = [...(tables[0]?.keys() ?? [])].filter((name) => name !== reference);
  const ratios = Object.fromEntries(
    names.map((name) => [name, ratioOf(tables, name, reference)] as const),
  );
  if (tables.length < 2) return ratios;
  console.log(`\nEvaluations of the default's, the geometric mean of ${tables.length}\n`);
  console.log(report.markdownHead(["strategy", "ratio"]));
  for (const [name, ratio] of Object.entries(ratios)) {
    console.log(report.markdownRow([name, ratio ? report.ratioText(ratio) : "–"]));
  }
  return ratios;
}
