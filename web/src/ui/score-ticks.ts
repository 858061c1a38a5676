const steps = [0.5, 1, 2, 5, 10, 20, 25];
const mostTicks = 6;

/** Marks of the vertical axis: round numbers that hold all scores, at most six where that can be. */
export function scoreTicks(scores: readonly number[]): number[] {
  if (scores.length === 0) return [0, 25, 50, 75, 100];
  const low = Math.min(...scores);
  const high = Math.max(...scores);
  const fit = (step: number) => Math.ceil(high / step) - Math.floor(low / step) + 1;
  const step = steps.find((size) => fit(size) <= mostTicks) ?? 25;
  const first = Math.floor(low / step);
  return Array.from({ length: Math.max(2, fit(step)) }, (_, index) => (first + index) * step);
}
