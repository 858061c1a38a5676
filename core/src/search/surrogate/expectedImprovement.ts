import { errorFunction } from "simple-statistics";
import type { SearchSpace } from "../searchSpace.js";
import { fitSurrogate, type Prediction } from "./gaussianProcess.js";

/**
 * Picks the architectures of a pool with the highest expected improvement, one after the other. Each
 * pick counts as evaluated for the next, so that a generation is not spent on one guess; so do
 * those that are being evaluated.
 *
 * Improvement is over the best mean that is predicted of an evaluated architecture, not over the best
 * score, which is partly luck. An architecture that is merely unknown improves nothing as long as its
 * mean is far below.
 *
 * @param count picks; fewer if the pool is smaller
 * @param evaluated at least one, oldest first
 * @param pending being evaluated
 */
export function pickByImprovement<A, P extends { architecture: A }>(
  pool: readonly P[],
  count: number,
  evaluated: readonly { architecture: A; score: number }[],
  space: SearchSpace<A>,
  pending: readonly { architecture: A }[] = [],
): P[] {
  if (pool.length === 0) return [];
  const surrogate = fitSurrogate(evaluated, space);
  const batch = surrogate.predict([...pool, ...pending].map(({ architecture }) => architecture));
  for (const at of pending.keys()) batch.pick(pool.length + at);
  const left = new Map(pool.entries());
  const picked: P[] = [];
  while (picked.length < count && left.size > 0) {
    const ranked = [...left].map(([index, one]) => {
      const prediction = batch.predictions[index] ?? { mean: -Infinity, variance: 0 };
      return { index, one, by: logExpectedImprovement(prediction, surrogate.incumbent) };
    });
    const best = ranked.reduce((a, b) => (b.by > a.by ? b : a));
    left.delete(best.index);
    batch.pick(best.index);
    picked.push(best.one);
  }
  return picked;
}

/** The least deviation, which keeps the logarithm finite. */
const leastDeviation = 1e-6;

/** Terms of the continued fraction for what is more than a deviation below the incumbent. */
const terms = 60;

/**
 * Returns ln E[max(0, score − incumbent)] of a normally distributed score. The logarithm still ranks
 * architectures whose improvement would be rounded to 0.
 */
export function logExpectedImprovement({ mean, variance }: Prediction, incumbent: number): number {
  const deviation = Math.max(leastDeviation, Math.sqrt(Math.max(0, variance)));
  const z = (mean - incumbent) / deviation;
  const logDensity = -0.5 * (z * z + Math.log(2 * Math.PI));
  if (z < -1) {
    // Of Laplace's continued fraction for the tail, density / (x + t), comes density · t / (x + t).
    let t = 0;
    for (let term = terms; term >= 1; term--) t = term / (-z + t);
    return Math.log(deviation) + logDensity + Math.log(t / (t - z));
  }
  const distribution = (1 + errorFunction(z / Math.SQRT2)) / 2;
  return Math.log(deviation) + Math.log(z * distribution + Math.exp(logDensity));
}
