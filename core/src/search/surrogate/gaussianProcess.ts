import type { SearchSpace } from "../searchSpace.js";
import { dot } from "./cholesky.js";
import {
  covariances,
  featureCounter,
  similaritiesTo,
  typicalSize,
  type FeatureCounts,
  type Similarities,
  type TypicalSize,
} from "./kernel.js";
import { normalScoreAmong } from "./normalScores.js";
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
  const normalScore = normalScoreAmong(evaluated.map(({ score }) => score));
  const count = featureCounter(space);
  const fittedTo = bestAndRecent(evaluated, ({ score }) => score, mostFitted);
  const observed = fittedTo.map(({ architecture, score }): Observation => {
    return { x: count(architecture), y: normalScore(score) };
  });
  const typical = typicalSize(observed.map(({ x }) => x));
  const tuned = bestAndRecent(observed, ({ y }) => y, mostTuned);
  const chosen = chooseParameters(
    tuned.map(({ y }) => y),
    similarities(tuned, typical),
  );
  return posterior(observed, similarities(observed, typical), chosen, typical, count);
}

/** Returns the best half and the most recent others, at most so many, in their order. */
function bestAndRecent<T>(
  oldestFirst: readonly T[],
  scoreOf: (one: T) => number,
  most: number,
): T[] {
  if (oldestFirst.length <= most) return [...oldestFirst];
  const best = oldestFirst
    .toSorted((a, b) => scoreOf(b) - scoreOf(a))
    .slice(0, Math.floor(most / 2));
  const kept = new Set(best);
  for (let at = oldestFirst.length - 1; kept.size < most; at--) {
    const one = oldestFirst[at];
    if (one) kept.add(one);
  }
  return oldestFirst.filter((one) => kept.has(one));
}

/** Returns the similarities of each observation to the earlier ones and to itself. */
function similarities(observed: readonly Observation[], typical: TypicalSize): Similarities[] {
  const counts = observed.map(({ x }) => x);
  return counts.map((x, at) => similaritiesTo(counts.slice(0, at + 1), x, typical));
}

function posterior<A>(
  observed: readonly Observation[],
  pairs: readonly Similarities[],
  parameters: Parameters,
  typical: TypicalSize,
  count: (architecture: A) => FeatureCounts,
): Surrogate<A> {
  const { noise } = parameters;
  const factor = factorOf(pairs, parameters);
  const whitened = factor.forward(observed.map(({ y }) => y));
  const weights = factor.backward(whitened);
  const fitted = observed.map(({ y }, at) => y - noise * (weights[at] ?? 0));
  const known = observed.map(({ x }) => x);

  const predict = (architectures: readonly A[]): Batch => {
    const counts = architectures.map(count);
    const priorsOf = (one: FeatureCounts, others: readonly FeatureCounts[]) =>
      covariances(similaritiesTo(others, one, typical), parameters);
    const members = counts.map((x) => {
      const solved = factor.forward(priorsOf(x, known));
      return { x, solved, picked: [] as number[] };
    });
    const predictions = members.map(({ x, solved }): Prediction => {
      const [prior = 0] = priorsOf(x, [x]);
      const variance = Math.min(mostVariance, prior - dot(solved, solved));
      return { mean: dot(solved, whitened), variance };
    });
    const pick = (index: number) => {
      const one = members[index];
      const own = predictions[index];
      if (!one || !own) throw new RangeError(`There is no architecture ${index} to pick.`);
      const deviation = Math.sqrt(Math.max(own.variance, 0) + noise);
      const gains = members.map(({ x, solved, picked }) => {
        const [prior = 0] = priorsOf(x, [one.x]);
        const earlier = picked.reduce((sum, gain, at) => sum + gain * (one.picked[at] ?? 0), 0);
        return (prior - dot(solved, one.solved) - earlier) / deviation;
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
