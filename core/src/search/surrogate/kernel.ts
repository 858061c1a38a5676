import type { Feature, SearchSpace } from "../searchSpace.js";

/** The features of an architecture: their numbers in ascending order, and how often each occurs. */
export interface FeatureCounts {
  ids: Int32Array;
  counts: Float64Array;
  /** The sum of the counts. */
  total: number;
}

/** The sizes of a typical architecture, which the kernel's parts are measured in. */
export interface TypicalSize {
  /** The mean number of features, at least 1. */
  total: number;
  /** The mean sum of squared counts, at least 1. */
  square: number;
}

/** The similarity of two architectures, as far as it does not depend on the length scale. */
export interface Similarity {
  /** The inner product of the counts; 1 for a typical architecture with itself. */
  linear: number;
  /** The features that only one of the two has, counted on both sides, in the typical number. */
  distance: number;
}

/** The share of the covariance in which the effects of features add up. */
const linearShare = 0.5;

/** Returns a function that counts the features of architectures; equal features get equal numbers. */
export function featureCounter<A>(space: SearchSpace<A>): (architecture: A) => FeatureCounts {
  const numbers = new Map<string, number>();
  const numberOf = ({ kind, position, operation }: Feature) => {
    const name = `${kind} ${position} ${operation}`;
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  };
  return (architecture) => {
    const counts = new Map<number, number>();
    for (const feature of space.features(architecture)) {
      const number = numberOf(feature);
      counts.set(number, (counts.get(number) ?? 0) + 1);
    }
    const sorted = [...counts].sort(([a], [b]) => a - b);
    return {
      ids: Int32Array.from(sorted, ([id]) => id),
      counts: Float64Array.from(sorted, ([, count]) => count),
      total: sorted.reduce((sum, [, count]) => sum + count, 0),
    };
  };
}

/** Returns the mean sizes of some architectures. */
export function typicalSize(architectures: readonly FeatureCounts[]): TypicalSize {
  const sums = { total: 0, square: 0 };
  for (const { counts, total } of architectures) {
    sums.total += total;
    for (const count of counts) sums.square += count * count;
  }
  const number = Math.max(1, architectures.length);
  return { total: Math.max(1, sums.total / number), square: Math.max(1, sums.square / number) };
}

/** Compares two architectures. */
export function similarity(a: FeatureCounts, b: FeatureCounts, typical: TypicalSize): Similarity {
  let [at, other, shared, product] = [0, 0, 0, 0];
  while (at < a.ids.length && other < b.ids.length) {
    const difference = (a.ids[at] ?? 0) - (b.ids[other] ?? 0);
    if (difference === 0) {
      const [one, two] = [a.counts[at] ?? 0, b.counts[other] ?? 0];
      shared += Math.min(one, two);
      product += one * two;
    }
    if (difference <= 0) at++;
    if (difference >= 0) other++;
  }
  const distance = (a.total + b.total - 2 * shared) / typical.total;
  return { linear: product / typical.square, distance };
}

/**
 * Returns the prior covariance of two architectures' scores: half of it linear, so that effects add
 * up, and half exp(−distance / length), by which near neighbours are alike whatever the reason. The
 * linear half is not normalised by an architecture's own size, so that depth counts.
 */
export function covariance({ linear, distance }: Similarity, length: number): number {
  return linearShare * linear + (1 - linearShare) * Math.exp(-distance / length);
}
