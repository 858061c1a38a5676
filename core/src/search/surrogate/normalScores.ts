import { probit } from "simple-statistics";

/** Replaces each score by the normal quantile of its rank; ties get that of their mean rank. */
export function normalScores(scores: readonly number[]): number[] {
  return scores.map(normalScoreAmong(scores));
}

/** Returns a function that gives the normal quantile of a score's rank among some scores. */
export function normalScoreAmong(scores: readonly number[]): (score: number) => number {
  const sorted = Float64Array.from(scores).sort();
  const ranks = new Map<number, number>();
  for (let first = 0; first < sorted.length;) {
    const score = sorted[first] ?? 0;
    let last = first;
    while (sorted[last + 1] === score) last++;
    ranks.set(score, (first + last) / 2);
    first = last + 1;
  }
  return (score) => probit(((ranks.get(score) ?? 0) + 0.5) / sorted.length);
}
