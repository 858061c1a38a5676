import {
  chooseUniformly,
  searchContext,
  stream,
  type Architecture,
  type SearchSettings,
} from "@opnas/core";
import type { HistoryRow } from "@opnas/prisma";
import { item } from "../common/items.ts";

/** Candidates from which the next ones descend: the latest. */
const mostParents = 64;

/**
 * Makes the history of a search as it is read of the database: a first population of samples, then
 * generations of mutations of the latest candidates, with made-up scores.
 *
 * @returns whole generations, the first that have at least `size` candidates
 */
export function madeHistory(settings: SearchSettings, seed: number, size: number): HistoryRow[] {
  const { space } = searchContext(settings, seed);
  const { population, parents, childrenPerParent } = settings;
  const architectures: Architecture[] = [];
  const keys = new Set<string>();
  const rows: HistoryRow[] = [];
  for (let generation = 0; rows.length < size; generation++) {
    const random = stream(seed, "history", generation);
    const count = generation === 0 ? population : parents * childrenPerParent;
    for (let index = 0; index < count;) {
      const parent = architectures.at(
        -1 - random.int(Math.max(1, Math.min(mostParents, rows.length))),
      );
      const architecture = parent
        ? space.mutate(parent, chooseUniformly, random).architecture
        : space.sample(random);
      const key = space.key(architecture);
      if (keys.has(key)) continue;
      keys.add(key);
      architectures.push(architecture);
      rows.push({ ...textOf(architecture), key, score: scoreOf(key), generation, index: index++ });
    }
  }
  return rows;
}

/** Returns the made-up score of a candidate. */
export function scoreOf(key: string): number {
  return 50 + 10 * stream(1, key).normal();
}

/** Returns an architecture in the form in which it is read of the database. */
export function textOf({ version, layers }: Architecture): Pick<HistoryRow, "version" | "layers"> {
  return { version, layers: layers.map((layer) => JSON.stringify(layer)).join("\n") };
}

/** Returns the number of the generation after a history. */
export function nextGeneration(history: readonly HistoryRow[]): number {
  return item(history, -1).generation + 1;
}
