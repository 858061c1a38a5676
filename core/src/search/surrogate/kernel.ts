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

/**
 * The similarities of an architecture to others, in their order, as far as they do not depend on the
 * kernel's parameters. Columns of numbers, since a fit has tens of thousands of pairs.
 */
export interface Similarities {
  /** The weighted inner products of the counts; 1 for a typical architecture with itself. */
  placed: Float64Array;
  /** Those products of the counts wherever the features are. */
  shared: Float64Array;
  /**
   * The features that only one of the two has, counted on both sides, in the typical number. Two
   * operations of an ordered slot count by their distance, least and greatest as two others do.
   */
  placedDistance: Float64Array;
  /** The distances of the features wherever they are: 0 for two orders of the same operations. */
  sharedDistance: Float64Array;
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
    placedSquare: meanOf(({ placed }) => comparerOf(placed)(placed).product),
    sharedSquare: meanOf(({ shared }) => comparerOf(shared)(shared).product),
  };
}

/** Compares an architecture with others. */
export function similaritiesTo(
  others: readonly FeatureCounts[],
  one: FeatureCounts,
  typical: TypicalSize,
): Similarities {
  const comparePlaced = comparerOf(one.placed);
  const compareShared = comparerOf(one.shared);
  const column = () => new Float64Array(others.length);
  const [placed, shared, placedDistance, sharedDistance] = [column(), column(), column(), column()];
  for (const [at, other] of others.entries()) {
    const inPlace = comparePlaced(other.placed);
    const anywhere = compareShared(other.shared);
    const both = one.total + other.total;
    placed[at] = inPlace.product / typical.placedSquare;
    shared[at] = anywhere.product / typical.sharedSquare;
    placedDistance[at] = (both - 2 * inPlace.common) / typical.total;
    sharedDistance[at] = (both - 2 * anywhere.common) / typical.total;
  }
  return { placed, shared, placedDistance, sharedDistance };
}

/**
 * Returns a function that says how unlike an architecture is to others, 0 to 2: the share of the
 * features that only one of the two has, in their positions and wherever they are. Shares, so that
 * a large architecture is not unlike all others for its size.
 */
export function unlikenessTo(one: FeatureCounts): (other: FeatureCounts) => number {
  const comparePlaced = comparerOf(one.placed);
  const compareShared = comparerOf(one.shared);
  return (other) => {
    const both = one.total + other.total;
    if (both === 0) return 0;
    const common = comparePlaced(other.placed).common + compareShared(other.shared).common;
    return 2 - (2 * common) / both;
  };
}

/**
 * Returns a function that gives the weighted inner product of what an architecture has in its
 * positions with what others have.
 */
export function placedProductWith(one: FeatureCounts): (other: FeatureCounts) => number {
  const compare = comparerOf(one.placed);
  return (other) => compare(other.placed).product;
}

/**
 * Returns a function that gives the weighted inner product of an architecture's counts with those of
 * others, and what both have in common. Its own counts are spread out by number once, since walking
 * through two sorted lists side by side takes several times as long.
 */
function comparerOf(one: PartCounts): (other: PartCounts) => { product: number; common: number } {
  const counts = new Float64Array((one.ids.at(-1) ?? -1) + 1);
  for (const [at, id] of one.ids.entries()) counts[id] = one.counts[at] ?? 0;
  return ({ ids, counts: others, weights }) => {
    let common = 0;
    let product = 0;
    // Indexed, since a proposal compares a hundred thousand pairs and iterators are several times as slow.
    for (let at = 0; at < ids.length; at++) {
      const own = counts[ids[at] ?? 0] ?? 0;
      if (own === 0) continue;
      const its = others[at] ?? 0;
      const weight = weights[at] ?? 0;
      common += weight * Math.min(own, its);
      product += weight * own * its;
    }
    return { product, common };
  };
}

/**
 * Returns the prior covariances of an architecture's score with those of others: a share of each
 * linear, so that effects add up, and the rest exp(−distance / length), by which near neighbours are
 * alike whatever the reason. In both, an operation counts partly in its position and partly wherever
 * it is, so that what it does in one slot tells something of what it does in others. The linear part
 * is not normalised by an architecture's own size, so that depth counts.
 */
export function covariances(
  { placed, shared, placedDistance, sharedDistance }: Similarities,
  { linearShare, sharedWeight, length }: KernelParameters,
): Float64Array {
  return placed.map((inPlace, at) => {
    const near = placedDistance[at] ?? 0;
    const linear = inPlace + sharedWeight * ((shared[at] ?? 0) - inPlace);
    const distance = near + sharedWeight * ((sharedDistance[at] ?? 0) - near);
    return linearShare * linear + (1 - linearShare) * Math.exp(-distance / length);
  });
}
