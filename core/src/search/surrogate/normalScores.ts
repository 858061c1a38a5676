import { probit } from "simple-statistics";

/** Replaces each score by the normal quantile of its rank; ties get that of their mean rank. */
export function normalScores(scores: readonly number[]): number[] {
  const sorted = Float64Array.from(scores).sort();
  const quantiles = new Map<number, number>();
  for (let first = 0; first < sorted.length;) {
    const score = sorted[first] ?? 0;
    let last = first;
    while (sorted[last + 1] === score) last++;
    quantiles.set(score, probit(((first + last) / 2 + 0.5) / sorted.length));
    first = last + 1;
  }
  return scores.map((score) => quantiles.get(score) ?? 0);
}
