import {
  architectureKey,
  type Architecture,
  type SearchSettings,
  type SearchSpace,
} from "@opnas/core";
import { mean } from "../common/statistics.ts";
import { readRecord } from "../record/file.ts";
import { tinySpace } from "../record/space.ts";

/** A file of recorded scores as an evaluator. */
export interface ScoreTable {
  /** Architectures in it. */
  count: number;
  /** All mean scores, highest first. */
  best: number[];
  /** Returns an architecture's mean score. */
  scoreOf: (architecture: Architecture) => number;
  /** Returns the scores of the runs under one seed. */
  scoreUnder: (seed: number) => (architecture: Architecture) => number;
  /** Returns the recorded space, as settings mutate in it. */
  spaceOf: (settings: SearchSettings) => SearchSpace<Architecture>;
}

/** Reads a record of the tiny space. Its functions throw a RangeError for what was not recorded. */
export async function readTable(file: string): Promise<ScoreTable> {
  const { entries, settings } = await readRecord(file);
  const runsOf = new Map(entries.map(({ key, runs }) => [key, runs]));
  const means = new Map(
    entries.map(({ key, runs }) => [key, mean(runs.map(({ score }) => score))]),
  );
  const known = (score: number | undefined) => {
    if (score === undefined) throw new RangeError(`${file} lacks an architecture or a seed.`);
    return score;
  };
  return {
    count: entries.length,
    best: [...means.values()].sort((a, b) => b - a),
    scoreOf: (architecture) => known(means.get(architectureKey(architecture))),
    scoreUnder: (seed) => (architecture) => {
      const runs = runsOf.get(architectureKey(architecture));
      return known(runs?.find((run) => run.seed === seed)?.score);
    },
    spaceOf: ({ mutation }) => tinySpace(settings.size.layers, mutation),
  };
}
