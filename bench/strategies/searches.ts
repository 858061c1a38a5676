import {
  presetNamed,
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

/** The name of the variant that the others are compared with. */
export const reference = "opnas";

/** The name of the variant that the preset `tiny` has; slower, so that it has fewer seeds. */
export const surrogate = "opnas, Gaussian process";

/** Returns the strategies under settings: as they are, as published, and in smaller generations. */
export function variantsOf(settings: SearchSettings): Variant[] {
  const paper = changed(settings, { screening: { draws: 1 } });
  // Real et al. 2019: each child's parent is the best of a few drawn, and the oldest dies for it.
  const regularised = changed(settings, {
    survivors: "youngest",
    tournament: settings.parents,
    parents: 1,
    childrenPerParent: 1,
  });
  const small = { parents: 4, childrenPerParent: 1 };
  const fours = changed(settings, small);
  const fewFirst = changed(settings, { ...small, population: 8 });
  const { screening, mutation } = presetNamed("tiny").settings;
  const byProcess = changed(fewFirst, { screening, mutation });
  return [
    { name: reference, search: strategySearch("opnas", settings) },
    { name: "opnas as in the paper", search: strategySearch("opnas", paper) },
    { name: "opnas, 4 a generation", search: strategySearch("opnas", fours) },
    { name: "opnas, first 8, 4 a generation", search: strategySearch("opnas", fewFirst) },
    { name: surrogate, search: strategySearch("opnas", byProcess), seeds: 40, evaluations: 200 },
    { name: "evolution", search: strategySearch("evolution", settings) },
    { name: "evolution, 4 a generation", search: strategySearch("evolution", fours) },
    { name: "regularised evolution", search: strategySearch("evolution", regularised) },
    { name: "local search", search: localSearchUnder(settings) },
    { name: "local search, first 8", search: localSearchUnder(fewFirst) },
    { name: "reinforcement", search: strategySearch("reinforcement", settings) },
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

/** Runs a search with each seed; returns what its choice is worth after each evaluation. */
export async function curvesOf(
  search: Search,
  table: Table,
  { seenBy, judged }: Scores,
  seeds: readonly number[],
  evaluations: number,
): Promise<number[][]> {
  const curves: number[][] = [];
  for (const seed of seeds) {
    const history = await search({ table, seed, scoreOf: seenBy(seed), evaluations });
    curves.push(bestSoFar(history, (key) => recorded(judged, key)));
  }
  return curves;
}
