import { sampleCorrelation } from "simple-statistics";

/** Pearson's correlation; null where it says nothing (fewer than 3 pairs, or one side constant). */
export function correlation(a, b) {
  if (a.length < 3 || new Set(a).size < 2 || new Set(b).size < 2) return null;
  return sampleCorrelation(a, b);
}

/** Mean over all pairs of rows of the correlation between them; null without a single one. */
export function meanCorrelation(rows) {
  const pairs = rows.flatMap((a, i) => rows.slice(i + 1).map((b) => correlation(a, b)));
  const known = pairs.filter((value) => value !== null);
  return known.length === 0 ? null : mean(known);
}

/** Kendall's rank agreement τ-b, which allows for ties; null where one side is constant. */
export function kendall(a, b) {
  let [agreeing, pairsOfA, pairsOfB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      const [first, second] = [Math.sign(a[i] - a[j]), Math.sign(b[i] - b[j])];
      agreeing += first * second;
      pairsOfA += first * first;
      pairsOfB += second * second;
    }
  }
  return pairsOfA * pairsOfB === 0 ? null : agreeing / Math.sqrt(pairsOfA * pairsOfB);
}

export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
