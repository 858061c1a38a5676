import { sampleCorrelation } from "simple-statistics";
import { item } from "./items.ts";

/** Returns Pearson's correlation; null for fewer than 3 pairs or where one side is constant. */
export function correlation(a: readonly number[], b: readonly number[]): number | null {
  if (a.length < 3 || new Set(a).size < 2 || new Set(b).size < 2) return null;
  return sampleCorrelation([...a], [...b]);
}

/** Returns the mean over all pairs of rows of the correlation between them; null without one. */
export function meanCorrelation(rows: readonly (readonly number[])[]): number | null {
  const pairs = rows.flatMap((a, i) => rows.slice(i + 1).map((b) => correlation(a, b)));
  const known = pairs.filter((value) => value !== null);
  return known.length === 0 ? null : mean(known);
}

/** Returns Kendall's rank agreement τ-b, which allows for ties; null where one side is constant. */
export function kendall(a: readonly number[], b: readonly number[]): number | null {
  let [agreeing, pairsOfA, pairsOfB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      const first = Math.sign((a[i] ?? NaN) - (a[j] ?? NaN));
      const second = Math.sign((b[i] ?? NaN) - (b[j] ?? NaN));
      agreeing += first * second;
      pairsOfA += first * first;
      pairsOfB += second * second;
    }
  }
  return pairsOfA * pairsOfB === 0 ? null : agreeing / Math.sqrt(pairsOfA * pairsOfB);
}

/** Returns the arithmetic mean; NaN of no values. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The middle and both ends of several measurements. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** Returns the median, the least and the greatest of one or more values. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = item(sorted, middle);
  const median = sorted.length % 2 ? upper : (item(sorted, middle - 1) + upper) / 2;
  return { median, min: item(sorted, 0), max: item(sorted, -1) };
}
