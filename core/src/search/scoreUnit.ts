import { standardDeviation } from "simple-statistics";

import type { ScoreUnit } from "../settings/names.js";

/** One unit in points of the score; 1 where deviations are asked for and there is none. */
export function pointsOf(unit: ScoreUnit, scores: readonly number[]): number {
  if (unit === "points" || scores.length === 0) return 1;
  return standardDeviation([...scores]) || 1;
}
