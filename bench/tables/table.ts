import type { SearchSettings, SearchSpace } from "@opnas/core";
import { item } from "../common/items.ts";

/** A slot of a recorded space, as a strategy outside of core sees it: one option of several. */
export interface TableSlot {
  name: string;
  options: readonly string[];
  /** The place of each option on a line from 0 to 1, ascending, where options have an order. */
  places?: readonly number[];
  /** The slot exists only in architectures where another slot holds this option. */
  when?: { slot: string; is: string };
}

/** The settings that a recorded space depends on. */
export type SpaceSettings = Pick<SearchSettings, "mutation">;

/**
 * Recorded scores as an evaluator. Architectures are named by their keys, so that tables of different
 * spaces have one type; higher scores are better.
 */
export interface Table {
  name: string;
  title: string;
  /** Mean score by key. */
  scores: ReadonlyMap<string, number>;
  /** Scores of the single trainings by key; null if the table has only means. */
  runs: ReadonlyMap<string, readonly number[]> | null;
  /** Returns the recorded space, as settings mutate in it. */
  spaceOf: (settings: SpaceSettings) => SearchSpace<string>;
  slots: readonly TableSlot[];
  /** Returns the key of the architecture with these options by slot. */
  keyOf: (options: Readonly<Record<string, string>>) => string;
}

/** Returns a space whose architectures are the keys of another one's. */
export function byKey<A>(
  space: SearchSpace<A>,
  architectureOf: (key: string) => A,
): SearchSpace<string> {
  return {
    operations: space.operations,
    sample: (random) => space.key(space.sample(random)),
    key: (key) => key,
    features: (key) => space.features(architectureOf(key)),
    mutate: (key, choose, random) => {
      const { architecture, description } = space.mutate(architectureOf(key), choose, random);
      return { architecture: space.key(architecture), description };
    },
  };
}

/**
 * Returns the recorded value of a key.
 * @throws RangeError if the table does not have it
 */
export function recorded<T>(values: ReadonlyMap<string, T>, key: string): T {
  const value = values.get(key);
  if (value === undefined) throw new RangeError(`The table lacks the architecture ${key}.`);
  return value;
}

/** Returns all mean scores of a table, highest first. */
export function sortedScores({ scores }: Pick<Table, "scores">): number[] {
  return [...scores.values()].sort((a, b) => b - a);
}

/** Returns the standard deviation of a table's best quarter, the unit of made-up noise. */
export function spreadOfTheGood(table: Pick<Table, "scores">): number {
  const sorted = sortedScores(table);
  const good = sorted.slice(0, Math.max(2, Math.ceil(sorted.length / 4)));
  const center = good.reduce((sum, score) => sum + score, 0) / good.length;
  const variance = good.reduce((sum, score) => sum + (score - center) ** 2, 0) / good.length;
  return variance > 0 ? Math.sqrt(variance) : Math.abs(item(sorted, 0)) || 1;
}
