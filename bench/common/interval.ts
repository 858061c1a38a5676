import { stream } from "@opnas/core";
import { item } from "./items.ts";
import { kendall } from "./statistics.ts";

/** A figure with its 95 % interval. */
export interface Interval {
  median: number;
  low: number;
  high: number;
}

const resamplings = 1000;

/**
 * Returns the median with its 95 % interval by order statistics: exact whatever the values'
 * distribution, and values that are known only as "more" (Infinity) are no trouble.
 */
export function medianWithInterval(values: readonly number[]): Interval {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  // How many of n lie below the median is binomial(n, ½), nearly normal for the 100 and more here.
  const half = 0.98 * Math.sqrt(n);
  const at = (rank: number) => item(sorted, Math.min(n - 1, Math.max(0, Math.round(rank))));
  return { median: at((n - 1) / 2), low: at((n - 1) / 2 - half), high: at((n - 1) / 2 + half) };
}

/**
 * Returns Kendall's τ with its 95 % interval by resampling the pairs (bootstrap percentiles); null
 * where one side is constant. A resampling with a constant side counts as no agreement.
 */
export function kendallWithInterval(a: readonly number[], b: readonly number[]): Interval | null {
  const median = kendall(a, b);
  if (median === null) return null;
  const random = stream(0, "resampling");
  const values = Array.from({ length: resamplings }, () => {
    const chosen = a.map(() => random.int(a.length));
    const of = (side: readonly number[]) => chosen.map((at) => item(side, at));
    return kendall(of(a), of(b)) ?? 0;
  }).sort((x, y) => x - y);
  const at = (share: number) => item(values, Math.round(share * (resamplings - 1)));
  return { median, low: at(0.025), high: at(0.975) };
}

/** Returns an interval as text; `most` is where counting ended. */
export function shown({ median, low, high }: Interval, most: number, digits = 0): string {
  const number = (value: number) =>
    Number.isFinite(value) ? value.toFixed(digits) : `over ${most}`;
  return `${number(median)} (${number(low)}–${number(high)})`;
}
