/**
 * The median with its 95 % interval by order statistics: exact whatever the values' distribution,
 * and values that are known only as "more" (Infinity) are no trouble.
 */
export function medianWithInterval(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  // How many of n lie below the median is binomial(n, ½), nearly normal for the 100 and more here.
  const half = 0.98 * Math.sqrt(n);
  const at = (rank) => sorted[Math.min(n - 1, Math.max(0, Math.round(rank)))];
  return { median: at((n - 1) / 2), low: at((n - 1) / 2 - half), high: at((n - 1) / 2 + half) };
}

/** A median with its interval for people; `most` is where counting ended. */
export function shown({ median, low, high }, most, digits = 0) {
  const number = (value) => (Number.isFinite(value) ? value.toFixed(digits) : `over ${most}`);
  return `${number(median)} (${number(low)}–${number(high)})`;
}
