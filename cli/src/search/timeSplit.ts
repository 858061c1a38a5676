import type { Candidate } from "../api/architectures.js";
import type { RunData } from "./record.js";

/**
 * Says in a sentence where a run's time went. Candidates are trained side by side, so their parts add
 * up to more than has passed by the clock.
 */
export function timeSplit(
  timings: RunData["run"]["timings"],
  candidates: readonly Pick<Candidate, "score">[],
): string {
  const seconds = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} s`;
  const evaluated = candidates.filter(({ score }) => typeof score === "number").length;
  const platform = evaluated > 0 ? (1000 * timings.overheadSeconds) / evaluated : 0;
  return [
    `Time: super-net ${seconds(timings.superNetSeconds)}`,
    `${evaluated} candidates: train ${seconds(timings.trainSeconds)}`,
    `fine-tune ${seconds(timings.fineTuneSeconds)}`,
    `score ${seconds(timings.scoreSeconds)}`,
    `platform ${seconds(timings.overheadSeconds)} (${platform.toFixed(0)} ms a candidate).`,
  ].join(", ");
}
