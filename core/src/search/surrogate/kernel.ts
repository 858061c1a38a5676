import { featureCoder, sharedFeatureCoder, type FeaturePart } from "../featureCode.js";
import type { Feature, SearchSpace } from "../searchSpace.js";

/** The parts of an architecture's features, by numbers in ascending order. */
interface PartCounts {
  ids: Int32Array;
  /** Number of times that each part occurs. */
  counts: Float64Array;
  /** The share that each part has of its feature: 1 for a feature that is one part. */
  weights: Float64Array;
}

/** The features of an architecture in their positions, and the same ones wherever they are. */
export interface FeatureCounts {
  placed: PartCounts;
  shared: PartCounts;
  /** The number of features: the weighted sum of the counts. */
  total: number;
}

/** The sizes of a typical architecture, which the kernel's parts are measured in. */
export interface TypicalSize {
  /** The mean number of features, at least 1. */
  total: number;
  /** The mean weighted sums of squared counts, at least 1. */
  placedSquare: number;
  sharedSquare: number;
}

/** The similarity of two architectures, as far as it does not depend on the kernel's parameters. */
export interface Similarity {
  /** The weighted inner product of the counts; 1 for a typical architecture with itself. */
  placed: number;
  /** That product of the counts wherever the features are. */
  shared: number;
  /**
   * The features that only one of the two has, counted on both sides, in the typical number. Two
   * operations of an ordered slot count by their distance, least and greatest as two others do.
   */
  placedDistance: number;
  /** The distance of the features wherever they are: 0 for two orders of the same operations. */
  sharedDistance: number;
}

/** The parameters of the kernel, which `chooseParameters` fits. */
export interface KernelParameters {
  /** The share of the covariance in which the effects of features add up, 0 to 1. */
  linearShare: number;
  /** The weight, 0 to 1, of what an operation does wherever it is; the rest is of its position. */
  sharedWeight: number;
  /** The distance by which the rest of the covariance falls to 1/e, above 0. */
  length: number;
}

/** Returns a function that counts the features of architectures; equal parts get equal numbers. */
export function featureCounter<A>(space: SearchSpace<A>): (architecture: A) => FeatureCounts {
  const countPlaced = partCounter(featureCoder(space.operations));
  const countShared = partCounter(sharedFeatureCoder(space.operations));
  return (architecture) => {
    const features = space.features(architecture);
    return {
      placed: countPlaced(features),
      shared: countShared(features),
      total: features.length,
    };
  };
}

function partCounter(
  partsOf: (feature: Feature) => readonly FeaturePart[],
): (features: readonly Feature[]) => PartCounts {
  const numbers = new Map<string, number>();
  const numberOf = (name: string) => {
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  };
  return (features) => {
    const parts = new Map<number, { count: number; weight: number }>();
    for (const feature of features) {
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
    };
  };
}

/** Returns the mean sizes of some architectures. */
export function typicalSize(architectures: readonly FeatureCounts[]): TypicalSize {
  const number = Math.max(1, architectures.length);
  const meanOf = (size: (one: FeatureCounts) => number) =>
    Math.max(1, architectures.reduce((sum, one) => sum + size(one), 0) / number);
  return {
    total: meanOf(({ total }) => total),
    placedSquare: meanOf(({ placed }) => compare(placed, placed).product),
    sharedSquare: meanOf(({ shared }) => compare(shared, shared).product),
  };
}

/** Compares two architectures. */
export function similarity(a: FeatureCounts, b: FeatureCounts, typical: TypicalSize): Similarity {
  const placed = compare(a.placed, b.placed);
  const shared = compare(a.shared, b.shared);
  const both = a.total + b.total;
  return {
    placed: placed.product / typical.placedSquare,
    shared: shared.product / typical.sharedSquare,
    placedDistance: (both - 2 * placed.common) / typical.total,
    sharedDistance: (both - 2 * shared.common) / typical.total,
  };
}

/**
 * Returns how unlike two architectures are, 0 to 2: the share of their features that only one of them
 * has, in their positions and wherever they are. Shares, so that a large architecture is not unlike
 * all others for its size.
 */
export function unlikeness(a: FeatureCounts, b: FeatureCounts): number {
  const both = a.total + b.total;
  if (both === 0) return 0;
  const common = compare(a.placed, b.placed).common + compare(a.shared, b.shared).common;
  return 2 - (2 * common) / both;
}

/** Returns the weighted inner product of what two architectures have in their positions. */
export function placedProduct(a: FeatureCounts, b: FeatureCounts): number {
  return compare(a.placed, b.placed).product;
}

/** Returns the weighted inner product of two architectures' counts, and what they have in common. */
function compare(a: PartCounts, b: PartCounts): { product: number; common: number } {
  let at = 0;
  let other = 0;
  let common = 0;
  let product = 0;
  while (at < a.ids.length && other < b.ids.length) {
    const difference = (a.ids[at] ?? 0) - (b.ids[other] ?? 0);
    if (difference === 0) {
      const one = a.counts[at] ?? 0;
      const two = b.counts[other] ?? 0;
      const weight = a.weights[at] ?? 0;
      common += weight * Math.min(one, two);
      product += weight * one * two;
    }
    if (difference <= 0) at++;
    if (difference >= 0) other++;
  }
  return { product, common };
}

/**
 * Returns the prior covariance of two architectures' scores: a share of it linear, so that effects
 * add up, and the rest exp(−distance / length), by which near neighbours are alike whatever the
 * reason. In both, an operation counts partly in its position and partly wherever it is, so that
 * what it does in one slot tells something of what it does in others. The linear part is not
 * normalised by an architecture's own size, so that depth counts.
 */
export function covariance(
  { placed, shared, placedDistance, sharedDistance }: Similarity,
  { linearShare, sharedWeight, length }: KernelParameters,
): number {
  const linear = placed + sharedWeight * (shared - placed);
  const distance = placedDistance + sharedWeight * (sharedDistance - placedDistance);
  return linearShare * linear + (1 - linearShare) * Math.exp(-distance / length);
}
