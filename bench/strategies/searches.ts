import {
  presetNamed,
  runSearch,
  stream,
  type Candidate,
  type SearchSettings,
  type StrategyName,
} from "@opnas/core";
import { item } from "../common/items.ts";
import { changed } from "../common/settings.ts";
import { mean } from "../common/statistics.ts";
import { recorded, spreadOfTheGood, type Table } from "../tables/table.ts";
import { localSearch } from "./localSearch.ts";
import { bestSoFar, replay } from "./replay.ts";
import { budget } from "./report.ts";

/** One search of a table. */
export interface Run {
  table: Table;
  seed: number;
  /** Key → the score that the search sees. */
  scoreOf: (key: string) => number;
  evaluations: number;
}

/** A way to search a table; returns what it evaluated, in order. */
export type Search = (run: Run) => Candidate<string>[] | Promise<Candidate<string>[]>;

/** A search under a name, and the seeds that it can be run with. */
export interface Variant {
  name: string;
  search: Search;
  /** The most seeds; all if it is not given. */
  seeds?: number;
  /** The most evaluations; as many as of the others if it is not given. */
  evaluations?: number;
}

/** Returns a strategy of core, under settings, as a search. */
export function strategySearch(strategy: StrategyName, settings: SearchSettings): Search {
  return ({ table, seed, scoreOf, evaluations }) => {
    const context = { space: table.spaceOf(settings), settings, seed };
    return replay(strategy, context, scoreOf, evaluations);
  };
}

/** Returns local search as a search; of the settings the initial population and mutation count. */
export function localSearchUnder(settings: SearchSettings): Search {
  return ({ table, seed, scoreOf, evaluations }) => {
    const context = { space: table.spaceOf(settings), settings, seed };
    return localSearch(context, scoreOf, evaluations);
  };
}

/**
 * Returns a strategy in steady state as a search: it proposes one architecture at a time, while at
 * most `inFlight`, itself counted, lack a score.
 */
export function steadySearch(
  strategy: StrategyName,
  settings: SearchSettings,
  inFlight: number,
): Search {
  const { population, survivors, tournament } = settings;
  const { scoreUnit, ucb, screening, reinforcement } = settings;
  const generations = { population, parents: 1, childrenPerParent: 1, survivors, tournament };
  return async ({ table, seed, scoreOf, evaluations }) => {
    const { candidates } = await runSearch({
      space: table.spaceOf(settings),
      evaluate: scoreOf,
      seed,
      evaluations,
      strategy,
      inFlight,
      settings: { ...generations, scoreUnit, ucb, screening, reinforcement },
    });
    return candidates;
  };
}

/** The most evaluations of a search with a Gaussian process in a quick run. */
export const quickMost = 60;

/** The name of the variant that the others are compared with. */
export const reference = "opnas";

/**
 * Returns the strategies under settings, and what they are compared with: other sizes of the
 * generation and of the first population, steady state, and the strategies as published.
 *
 * @param most the most evaluations of those with a Gaussian process, which takes its time
 * @param withSizes whether other sizes of the default's generation and steady state are among them
 */
export function variantsOf(settings: SearchSettings, most = budget, withSizes = true): Variant[] {
  const { generations } = settings;
  const linear = changed(presetNamed("tiny-linear").settings, { generations });
  // Real et al. 2019: each child's parent is the best of a few drawn, and the oldest dies for it.
  const regularised = changed(linear, {
    survivors: "youngest",
    tournament: linear.parents,
    parents: 1,
    childrenPerParent: 1,
  });
  const sixteenFirst = changed(settings, { population: 16 });
  const fitted = (name: string, search: Search) => ({ name, search, evaluations: most });
  const sized = (parents: number) => {
    const population = Math.max(settings.population, parents);
    const sizes = { population, parents, childrenPerParent: 1 };
    return strategySearch("opnas", changed(settings, sizes));
  };
  const sizes = [
    fitted("opnas, 1 a generation", sized(1)),
    fitted("opnas, 2 a generation", sized(2)),
    fitted("opnas, 8 a generation", sized(8)),
    fitted("opnas, steady state of 4", steadySearch("opnas", settings, 4)),
    fitted("opnas, first 16", strategySearch("opnas", sixteenFirst)),
  ];
  return [
    fitted(reference, strategySearch("opnas", settings)),
    ...(withSizes ? sizes : []),
    { name: "opnas, linear, 16 a generation", search: strategySearch("opnas", linear) },
    { name: "opnas as in the paper", search: strategySearch("opnas-paper", settings) },
    { name: "evolution", search: strategySearch("evolution", settings) },
    { name: "evolution, 16 a generation", search: strategySearch("evolution", linear) },
    { name: "regularised evolution", search: strategySearch("evolution", regularised) },
    { name: "local search", search: localSearchUnder(settings) },
    { name: "local search, first 16", search: localSearchUnder(sixteenFirst) },
    { name: "tpe", search: strategySearch("tpe", settings) },
    { name: "reinforcement", search: strategySearch("reinforcement", linear) },
    { name: "random", search: strategySearch("random", settings) },
  ];
}

/** The scores of a table that a search sees, and those that its choice is judged by. */
export interface Scores {
  /** Returns key → score for the search with a seed. */
  seenBy: (seed: number) => (key: string) => number;
  judged: ReadonlyMap<string, number>;
}

/** Returns the mean scores with made-up normal noise of so many standard deviations of the good ones. */
export function scoresWithNoise(table: Table, noise: number): Scores {
  const deviation = noise * spreadOfTheGood(table);
  const seenBy = (seed: number) => (key: string) => {
    const score = recorded(table.scores, key);
    return noise === 0 ? score : score + deviation * stream(seed, `noise of ${key}`).normal();
  };
  return { seenBy, judged: table.scores };
}

/** Returns the score of the first recorded training, judged by the mean of the others. */
export function scoresOfTrainings(runs: ReadonlyMap<string, readonly number[]>): Scores {
  const judged = [...runs].map(([key, scores]) => [key, mean(scores.slice(1))] as const);
  return { seenBy: () => (key) => item(recorded(runs, key), 0), judged: new Map(judged) };
}

/** Runs a search with a seed; returns what its choice is worth after each evaluation. */
export async function curveOf(
  search: Search,
  table: Table,
  { seenBy, judged }: Scores,
  seed: number,
  evaluations: number,
): Promise<number[]> {
  const history = await search({ table, seed, scoreOf: seenBy(seed), evaluations });
  return bestSoFar(history, (key) => recorded(judged, key));
}
