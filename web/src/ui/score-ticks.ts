import { evenTicks } from "./ticks";

/** Returns the ticks of a score axis; without scores those of the whole scale from 0 to 100. */
export function scoreTicks(scores: readonly number[]): number[] {
  if (scores.length === 0) return [0, 25, 50, 75, 100];
  return evenTicks(Math.min(...scores), Math.max(...scores));
}
