import { architectureKey } from "@opnas/core";
import { readRecord } from "../record/file.mjs";
import { tinySpace } from "../record/space.mjs";
import { mean } from "../pool/statistics.mjs";

/**
 * A file of recorded scores as an evaluator.
 *
 * @returns scoreOf: an architecture's mean score; scoreUnder: its score in the run with a seed;
 *   best: all mean scores, highest first; spaceOf: settings → the recorded space
 */
export async function readTable(file) {
  const { entries, settings } = await readRecord(file, {});
  const runsOf = new Map(entries.map(({ key, runs }) => [key, runs]));
  const means = new Map(entries.map(({ key, runs }) => [key, mean(runs.map(scoreIn))]));
  return {
    count: entries.length,
    best: [...means.values()].sort((a, b) => b - a),
    scoreOf: (architecture) => means.get(architectureKey(architecture)),
    scoreUnder: (seed) => (architecture) =>
      scoreIn(runsOf.get(architectureKey(architecture)).find((run) => run.seed === seed)),
    spaceOf: ({ mutation }) => tinySpace(settings.size.layers, mutation),
  };
}

const scoreIn = ({ score }) => score;
