const steps = [0.5, 1, 2, 5, 10, 20, 25];
const maxTicks = 6;

/**
 * Returns the ticks of a score axis: round numbers that include all scores, at most six where
 * possible.
 */
export function scoreTicks(scores: readonly number[]): number[] {
  if (scores.length === 0) return [0, 25, 50, 75, 100];
  const low = Math.min(...scores);
  const high = Math.max(...scores);
  const fit = (step: number) => Math.ceil(high / step) - Math.floor(low / step) + 1;
  const step = steps.find((size) => fit(size) <= maxTicks) ?? 25;
  const first = Math.floor(low / step);
  return Array.from({ length: Math.max(2, fit(step)) }, (_, index) => (first + index) * step);
}
