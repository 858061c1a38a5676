import type { SearchSpace } from "../searchSpace.js";
import { dot } from "./cholesky.js";
import {
  covariance,
  featureCounter,
  similarity,
  typicalSize,
  type FeatureCounts,
  type Similarity,
  type TypicalSize,
} from "./kernel.js";
import { normalScores } from "./normalScores.js";
import { chooseParameters, factorOf, type Parameters } from "./parameters.js";

/** Evaluated architectures that the process is fitted to at most; a fit costs their number cubed. */
const mostFitted = 300;

/** Evaluated architectures that the kernel's parameters and the noise are chosen by at most. */
const mostTuned = 120;

/**
 * The most that counts as unknown of an architecture, where a typical one before any evaluation has 1.
 * Without this bound the strangest mutation, such as a layer of another kind, often looks best.
 */
const mostVariance = 0.4;

/** A predicted score, in standard deviations of the scores. */
export interface Prediction {
  mean: number;
  /** The variance of the mean: what is not known, without the noise of an evaluation. */
  variance: number;
}

/** The predictions of a list of architectures, some of which are picked one after the other. */
export interface Batch {
  readonly predictions: Prediction[];
  /** Lowers the variances by what an evaluation of the architecture at an index will tell. */
  pick(index: number): void;
}

/** A Gaussian process over the features of architectures, fitted to evaluated ones. */
export interface Surrogate<A> {
  /** The highest mean that is predicted of an evaluated architecture. */
  incumbent: number;
  /** The parameters that were chosen by likelihood. */
  parameters: Parameters;
  predict(architectures: readonly A[]): Batch;
}

interface Observation {
  x: FeatureCounts;
  y: number;
}

/**
 * Fits a Gaussian process to evaluated architectures. Scores count as the normal quantiles of their
 * ranks: no scale has to be set, and architectures that did not learn do not hide the differences
 * among good ones. Of more than 300, it is fitted to the best 150 and the most recent 150 others.
 *
 * @param evaluated at least one, oldest first
 */
export function fitSurrogate<A>(
  evaluated: readonly { architecture: A; score: number }[],
  space: SearchSpace<A>,
): Surrogate<A> {
  const targets = normalScores(evaluated.map(({ score }) => score));
  const scored = evaluated.map(({ architecture }, at) => ({ architecture, y: targets[at] ?? 0 }));
  const count = featureCounter(space);
  const observed = bestAndRecent(scored, mostFitted).map(({ architecture, y }): Observation => {
    return { x: count(architecture), y };
  });
  const typical = typicalSize(observed.map(({ x }) => x));
  const tuned = bestAndRecent(observed, mostTuned);
  const chosen = chooseParameters(
    tuned.map(({ y }) => y),
    similarities(tuned, typical),
  );
  return posterior(observed, similarities(observed, typical), chosen, typical, count);
}

/** Returns the best half and the most recent others, at most so many, in their order. */
function bestAndRecent<T extends { y: number }>(oldestFirst: readonly T[], most: number): T[] {
  if (oldestFirst.length <= most) return [...oldestFirst];
  const best = oldestFirst.toSorted((a, b) => b.y - a.y).slice(0, Math.floor(most / 2));
  const kept = new Set(best);
  for (let at = oldestFirst.length - 1; kept.size < most; at--) {
    const one = oldestFirst[at];
    if (one) kept.add(one);
  }
  return oldestFirst.filter((one) => kept.has(one));
}

/** Returns the similarities of each observation to the earlier ones and to itself. */
function similarities(observed: readonly Observation[], typical: TypicalSize): Similarity[][] {
  return observed.map(({ x }, at) =>
    observed.slice(0, at + 1).map((earlier) => similarity(x, earlier.x, typical)),
  );
}

function posterior<A>(
  observed: readonly Observation[],
  pairs: readonly Similarity[][],
  parameters: Parameters,
  typical: TypicalSize,
  count: (architecture: A) => FeatureCounts,
): Surrogate<A> {
  const { noise } = parameters;
  const factor = factorOf(pairs, parameters);
  const whitened = factor.forward(observed.map(({ y }) => y));
  const weights = factor.backward(whitened);
  const fitted = observed.map(({ y }, at) => y - noise * (weights[at] ?? 0));
  const prior = (a: FeatureCounts, b: FeatureCounts) =>
    covariance(similarity(a, b, typical), parameters);

  const predict = (architectures: readonly A[]): Batch => {
    const members = architectures.map((architecture) => {
      const x = count(architecture);
      const solved = factor.forward(observed.map((one) => prior(x, one.x)));
      return { x, solved, picked: [] as number[] };
    });
    const predictions = members.map(({ x, solved }): Prediction => {
      const variance = Math.min(mostVariance, prior(x, x) - dot(solved, solved));
      return { mean: dot(solved, whitened), variance };
    });
    const pick = (index: number) => {
      const one = members[index];
      const own = predictions[index];
      if (!one || !own) throw new RangeError(`There is no architecture ${index} to pick.`);
      const deviation = Math.sqrt(Math.max(own.variance, 0) + noise);
      const gains = members.map(({ x, solved, picked }) => {
        const earlier = picked.reduce((sum, gain, at) => sum + gain * (one.picked[at] ?? 0), 0);
        return (prior(x, one.x) - dot(solved, one.solved) - earlier) / deviation;
      });
      for (const [at, gain] of gains.entries()) {
        members[at]?.picked.push(gain);
        const prediction = predictions[at];
        if (prediction) prediction.variance -= gain * gain;
      }
    };
    return { predictions, pick };
  };
  return { incumbent: Math.max(...fitted), parameters, predict };
}
