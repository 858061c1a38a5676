/** The arithmetic of the reports on strategies. */
import { stream } from "@opnas/core";
import { medianWithInterval, type Interval } from "../common/interval.ts";
import { item, numbersFrom } from "../common/items.ts";
import { mean } from "../common/statistics.ts";
import { evaluationsTo } from "./replay.ts";

/** Evaluations that random search's best is taken after, and the most that slower ones may need. */
export const budget = 200;
export const horizon = 400;
/** Evaluations after which shares and regrets are reported. */
export const checkpoints = [50, 100, 200];

const resamplings = 1000;

/** The searches of one strategy with several seeds, and what each could have found. */
export interface Trials {
  /** For each seed, what the search's choice is worth after each evaluation. */
  curves: readonly (readonly number[])[];
  /** For each seed, the score that counts as reached. */
  targets: readonly number[];
  /** For each seed, the best score of its table. */
  bests: readonly number[];
}

export interface StrategyResult {
  seeds: number;
  /** Evaluations to the target; Infinity if they were not enough. */
  evaluations: Interval;
  /** By evaluations, the share of seeds whose choice is the table's best. */
  holdingTheBest: Record<number, Interval>;
  /** By evaluations, the mean of the table's best minus what the choice is worth. */
  regret: Record<number, Interval>;
  /** By evaluations from 1 to the budget, the median of what the choice is worth. */
  curve: Interval[];
}

/** Returns each seed's evaluations to the target; Infinity if they were not enough. */
export function evaluationsOf({ curves, targets }: Trials): number[] {
  return curves.map((curve, seed) => evaluationsTo(item(targets, seed), curve));
}

/** Summarises the searches of one strategy. */
export function resultOf(trials: Trials): StrategyResult {
  const { curves, bests } = trials;
  // A search that exhausts its space ends early, with the best.
  const at = (curve: readonly number[], count: number) =>
    item(curve, Math.min(count, curve.length) - 1);
  const byCheckpoint = (figure: (count: number) => Interval) =>
    Object.fromEntries(checkpoints.map((count) => [count, figure(count)]));
  const regretsAt = (count: number) =>
    curves.map((curve, seed) => item(bests, seed) - at(curve, count));
  return {
    seeds: curves.length,
    evaluations: medianWithInterval(evaluationsOf(trials)),
    holdingTheBest: byCheckpoint((count) => {
      const holding = regretsAt(count).filter((regret) => regret <= 0).length;
      return shareWithInterval(holding, curves.length);
    }),
    regret: byCheckpoint((count) => meanWithInterval(regretsAt(count))),
    curve: numbersFrom(1, budget).map((count) =>
      medianWithInterval(curves.map((curve) => at(curve, count))),
    ),
  };
}

/** Returns a share of a count with its 95 % interval (Wilson 1927). */
export function shareWithInterval(hits: number, count: number): Interval {
  const z = 1.96;
  const share = hits / count;
  const center = (share + z ** 2 / (2 * count)) / (1 + z ** 2 / count);
  const half =
    (z / (1 + z ** 2 / count)) *
    Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2));
  return { median: share, low: Math.max(0, center - half), high: Math.min(1, center + half) };
}

/** Returns the mean with its 95 % interval by resampling the values. */
export function meanWithInterval(values: readonly number[]): Interval {
  const random = stream(0, "resampling of a mean");
  const means = Array.from({ length: resamplings }, () =>
    mean(values.map(() => item(values, random.int(values.length)))),
  );
  return withPercentiles(mean(values), means);
}

/** Evaluations of two strategies with the same seed. */
export type Pair = readonly [number, number];

/**
 * Returns the ratio of the first strategy's median evaluations to the second's, the geometric mean
 * over tables, with its 95 % interval by resampling the seeds of each table: both strategies of a
 * seed are drawn together, since they begin alike.
 *
 * @param tables the pairs of each table, one for each seed
 */
export function ratioWithInterval(tables: readonly (readonly Pair[])[]): Interval {
  const random = stream(0, "resampling of a ratio");
  const ratios = Array.from({ length: resamplings }, () =>
    geometricMean(
      tables.map((pairs) => ratioOf(pairs.map(() => item(pairs, random.int(pairs.length))))),
    ),
  );
  return withPercentiles(geometricMean(tables.map(ratioOf)), ratios);
}

function ratioOf(pairs: readonly Pair[]): number {
  const [first, second] = [median(pairs.map(([a]) => a)), median(pairs.map(([, b]) => b))];
  // Two that both never arrived cannot be told apart.
  return first === second ? 1 : first / second;
}

function median(values: readonly number[]): number {
  return medianWithInterval(values).median;
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(mean(values.map(Math.log)));
}

function withPercentiles(figure: number, resampled: readonly number[]): Interval {
  const sorted = [...resampled].sort((a, b) => a - b);
  const at = (share: number) => item(sorted, Math.round(share * (sorted.length - 1)));
  return { median: figure, low: at(0.025), high: at(0.975) };
}

/** Returns a Markdown table row's cells of a result: evaluations, ratio, shares and regrets. */
export function cellsOf(result: StrategyResult, ratio: Interval | null, digits: number): string[] {
  const { evaluations, holdingTheBest, regret } = result;
  const whole = (value: number) => (Number.isFinite(value) ? value.toFixed(0) : `over ${horizon}`);
  const percent = ({ median: share }: Interval) => (100 * share).toFixed(0);
  return [
    `${whole(evaluations.median)} (${whole(evaluations.low)}–${whole(evaluations.high)})`,
    ratio === null ? "–" : ratioText(ratio),
    Object.values(holdingTheBest).map(percent).join(" "),
    Object.values(regret)
      .map(({ median: value }) => value.toFixed(digits))
      .join(" "),
  ];
}

/** Returns a ratio with its interval as text. */
export function ratioText({ median: ratio, low, high }: Interval): string {
  return `${ratio.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}

/** The names of the columns of `cellsOf`. */
export const columns = [
  "evaluations",
  "of the default's",
  `% with the best at ${checkpoints.join(", ")}`,
  `regret at ${checkpoints.join(", ")}`,
];

/** Returns a line of a Markdown table. */
export function markdownRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** Returns the head of a Markdown table. */
export function markdownHead(names: readonly string[]): string {
  return `${markdownRow(names)}\n${markdownRow(names.map(() => "---"))}`;
}
