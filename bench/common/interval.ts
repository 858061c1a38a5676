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
  return { median, ...resampled(a.length, (of) => kendall(of(a), of(b)) ?? 0) };
}

/**
 * Returns by how much Kendall's τ of `a` with the truth is above that of `b`, with the 95 % interval by
 * resampling all three alike; null where one side is constant.
 */
export function kendallLead(
  a: readonly number[],
  b: readonly number[],
  truth: readonly number[],
): Interval | null {
  const [ofA, ofB] = [kendall(a, truth), kendall(b, truth)];
  if (ofA === null || ofB === null) return null;
  const lead = (of: Resampling) =>
    (kendall(of(a), of(truth)) ?? 0) - (kendall(of(b), of(truth)) ?? 0);
  return { median: ofA - ofB, ...resampled(truth.length, lead) };
}

/** Takes the values at the places that one resampling chose. */
type Resampling = (side: readonly number[]) => number[];

function resampled(count: number, figure: (of: Resampling) => number) {
  const random = stream(0, "resampling");
  const values = Array.from({ length: resamplings }, () => {
    const chosen = Array.from({ length: count }, () => random.int(count));
    return figure((side) => chosen.map((at) => item(side, at)));
  }).sort((x, y) => x - y);
  const at = (share: number) => item(values, Math.round(share * (resamplings - 1)));
  return { low: at(0.025), high: at(0.975) };
}

/** Returns an interval as text; `most` is where counting ended. */
export function shown({ median, low, high }: Interval, most: number, digits = 0): string {
  const number = (value: number) =>
    Number.isFinite(value) ? value.toFixed(digits) : `over ${most}`;
  return `${number(median)} (${number(low)}–${number(high)})`;
}
