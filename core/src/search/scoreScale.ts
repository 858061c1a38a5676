import { standardDeviation } from "simple-statistics";
import type { ScoreUnit } from "../settings/names.js";

/**
 * Returns how many points of the score one unit has: 1 for points, the standard deviation of the
 * scores for deviations (1 if that is 0 or there are no scores).
 */
export function scoreScale(unit: ScoreUnit, scores: readonly number[]): number {
  if (unit === "points" || scores.length === 0) return 1;
  return standardDeviation([...scores]) || 1;
}
