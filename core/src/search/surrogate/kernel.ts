import { featureCoder } from "../featureCode.js";
import type { SearchSpace } from "../searchSpace.js";

/** The parts of an architecture's features, by numbers in ascending order. */
export interface FeatureCounts {
  ids: Int32Array;
  /** Number of times that each part occurs. */
  counts: Float64Array;
  /** The share that each part has of its feature: 1 for a feature that is one part. */
  weights: Float64Array;
  /** The number of features: the weighted sum of the counts. */
  total: number;
}

/** The sizes of a typical architecture, which the kernel's parts are measured in. */
export interface TypicalSize {
  /** The mean number of features, at least 1. */
  total: number;
  /** The mean weighted sum of squared counts, at least 1. */
  square: number;
}

/** The similarity of two architectures, as far as it does not depend on the length scale. */
export interface Similarity {
  /** The weighted inner product of the counts; 1 for a typical architecture with itself. */
  linear: number;
  /**
   * The features that only one of the two has, counted on both sides, in the typical number. Two
   * operations of an ordered slot count by their distance, least and greatest as two others do.
   */
  distance: number;
}

/** The share of the covariance in which the effects of features add up. */
const linearShare = 0.5;

/** Returns a function that counts the features of architectures; equal parts get equal numbers. */
export function featureCounter<A>(space: SearchSpace<A>): (architecture: A) => FeatureCounts {
  const numbers = new Map<string, number>();
  const partsOf = featureCoder(space.operations);
  const numberOf = (name: string) => {
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  };
  return (architecture) => {
    const parts = new Map<number, { count: number; weight: number }>();
    for (const feature of space.features(architecture)) {
      for (const { name, weight } of partsOf(feature)) {
        const number = numberOf(name);
        parts.set(number, { count: (parts.get(number)?.count ?? 0) + 1, weight });
      }
    }
    const sorted = [...parts].sort(([a], [b]) => a - b);
    return {
      ids: Int32Array.from(sorted, ([id]) => id),
      counts: Float64Array.from(sorted, ([, { count }]) => count),
      weights: Float64Array.from(sorted, ([, { weight }]) => weight),
      total: sorted.reduce((sum, [, { count, weight }]) => sum + weight * count, 0),
    };
  };
}

/** Returns the mean sizes of some architectures. */
export function typicalSize(architectures: readonly FeatureCounts[]): TypicalSize {
  const sums = { total: 0, square: 0 };
  for (const { counts, weights, total } of architectures) {
    sums.total += total;
    for (const [at, count] of counts.entries()) sums.square += (weights[at] ?? 0) * count * count;
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
      const [one, two, weight] = [a.counts[at] ?? 0, b.counts[other] ?? 0, a.weights[at] ?? 0];
      shared += weight * Math.min(one, two);
      product += weight * one * two;
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
