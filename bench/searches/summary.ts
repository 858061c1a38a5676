import { stream, type StrategyName } from "@opnas/core";
import { item } from "../common/items.ts";
import { shown, type Interval } from "../common/interval.ts";
import { mean } from "../common/statistics.ts";
import type { Evaluated } from "./wholeSearch.ts";

/** One search's outcome. */
export interface SearchOutcome {
  strategy: StrategyName;
  seed: number;
  /** Every candidate's score, in the order of proposal. */
  scores: readonly number[];
  best: number;
  /** Mean score of the first third, and of the last. */
  firstThird: number;
  lastThird: number;
  /** Share of the last third's layers that are attention. */
  attention: number;
  /** Scores alone of the best, by place: the mean over seeds. Empty if none were trained alone. */
  confirmed: readonly number[];
}

/** Returns the outcome of a search. */
export function outcomeOf(
  strategy: StrategyName,
  seed: number,
  history: readonly Evaluated[],
  confirmed: readonly number[],
): SearchOutcome {
  const scores = history.map(({ score }) => score);
  const third = Math.ceil(scores.length / 3);
  const layers = history.slice(-third).flatMap(({ architecture }) => architecture.layers);
  return {
    strategy,
    seed,
    scores,
    best: Math.max(...scores),
    firstThird: mean(scores.slice(0, third)),
    lastThird: mean(scores.slice(-third)),
    attention: layers.filter(({ kind }) => kind === "attention").length / layers.length,
    confirmed,
  };
}

/** Returns the best of a search, the earlier of equals first. */
export function bestOf(history: readonly Evaluated[], count: number): Evaluated[] {
  return history.toSorted((a, b) => b.score - a.score).slice(0, count);
}

/** The figures that searches are compared by. */
export const measures = {
  best: ({ best }: SearchOutcome) => best,
  lastThird: ({ lastThird }: SearchOutcome) => lastThird,
  confirmed: ({ confirmed }: SearchOutcome) => mean(confirmed),
} as const;
export type Measure = keyof typeof measures;

/**
 * Returns how much better a strategy is than another, by the mean difference over the seeds that both
 * have, with a 95 % interval by resampling the seeds; null without a seed in common.
 */
export function difference(
  outcomes: readonly SearchOutcome[],
  [strategy, other]: readonly [StrategyName, StrategyName],
  measure: Measure,
): Interval | null {
  const of = (name: StrategyName) =>
    new Map(
      outcomes
        .filter((outcome) => outcome.strategy === name)
        .map((outcome) => [outcome.seed, measures[measure](outcome)]),
    );
  const others = of(other);
  const differences = [...of(strategy)].flatMap(([seed, value]) => {
    const against = others.get(seed);
    return against === undefined ? [] : [value - against];
  });
  if (differences.length === 0 || differences.some(Number.isNaN)) return null;
  const random = stream(0, "resampling of seeds");
  const means = Array.from({ length: 2000 }, () =>
    mean(differences.map(() => item(differences, random.int(differences.length)))),
  ).sort((a, b) => a - b);
  const at = (share: number) => item(means, Math.round(share * (means.length - 1)));
  return { median: mean(differences), low: at(0.025), high: at(0.975) };
}

/** Prints every search, and each strategy's difference to the last one. */
export function print(outcomes: readonly SearchOutcome[]): void {
  console.table(
    outcomes.map(({ strategy, seed, best, firstThird, lastThird, attention, confirmed }) => ({
      strategy,
      seed,
      best: best.toFixed(2),
      "first third": firstThird.toFixed(1),
      "last third": lastThird.toFixed(1),
      attention: attention.toFixed(2),
      alone: confirmed.map((score) => score.toFixed(1)).join(" ") || "–",
    })),
  );
  const names = [...new Set(outcomes.map(({ strategy }) => strategy))];
  const last = names.at(-1);
  for (const name of names.slice(0, -1)) {
    if (last === undefined) continue;
    for (const measure of ["best", "lastThird", "confirmed"] as const) {
      const interval = difference(outcomes, [name, last], measure);
      if (interval) console.log(`${name} − ${last}, ${measure}: ${shown(interval, 100, 2)}`);
    }
  }
}
