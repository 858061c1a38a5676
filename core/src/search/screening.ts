import { inverse, Matrix } from "ml-matrix";
import { featureCoder } from "./featureCode.js";
import type { SearchSpace } from "./searchSpace.js";
import { normalScores } from "./surrogate/normalScores.js";
import { ridgeByPairs } from "./surrogate/ridgeByPairs.js";

/** Ridge penalty: the prior counts as much as one evaluated architecture. */
const ridge = 1;

/**
 * Returns a function that gives an upper confidence bound on an architecture's score. The effects
 * of all operations in all slots are estimated together by ridge regression (LinUCB, Li et al.
 * 2010; decision 0015), whereas a mean score by itself (docs/paper.md §3) also credits an operation
 * with what was in the other slots.
 *
 * Scores are replaced by the normal quantiles of their ranks. So no scale has to be set, and
 * architectures that diverged or did not learn do not hide the differences among good ones. The
 * bound is in standard deviations of the score; it is 0 for every architecture of a space without
 * slots. In an ordered slot, neighbouring operations share most of their effect.
 *
 * @param alpha weight of the estimate's uncertainty, in standard deviations of the score
 */
export function upperConfidenceBound<A>(
  evaluated: readonly { architecture: A; score: number }[],
  space: SearchSpace<A>,
  alpha: number,
): (architecture: A) => number {
  const columns = new Map<string, number>();
  const countFeatures = featureValues(space);
  const rows = evaluated.map(({ architecture }) => countFeatures(architecture));
  for (const row of rows) {
    for (const name of row.keys()) if (!columns.has(name)) columns.set(name, columns.size);
  }
  // A space may have no slots: then no statistic distinguishes its architectures.
  if (columns.size === 0) return () => 0;
  const scores = normalScores(evaluated.map(({ score }) => score));
  // Of slots with many ordered values the columns are far more than the architectures.
  if (typeof space.operations === "function" && columns.size > rows.length) {
    const predict = ridgeByPairs(evaluated, scores, space, ridge);
    return (architecture) => {
      const { mean, variance } = predict(architecture);
      return mean + alpha * Math.sqrt(Math.max(0, variance));
    };
  }

  const x = Matrix.zeros(rows.length, columns.size);
  for (const [index, row] of rows.entries()) {
    for (const [name, count] of row) x.set(index, columns.get(name) ?? 0, count);
  }
  const y = Matrix.columnVector(scores);
  const covariance = inverse(
    Matrix.add(x.transpose().mmul(x), Matrix.eye(columns.size).mul(ridge)),
  );
  const effects = covariance.mmul(x.transpose()).mmul(y).to1DArray();

  return (architecture) => {
    const known: { column: number; count: number }[] = [];
    let variance = 0;
    for (const [name, count] of countFeatures(architecture)) {
      const column = columns.get(name);
      if (column === undefined) variance += count ** 2 / ridge;
      else known.push({ column, count });
    }
    let mean = 0;
    for (const { column, count } of known) {
      mean += count * (effects[column] ?? 0);
      for (const other of known) {
        variance += count * other.count * covariance.get(column, other.column);
      }
    }
    return mean + alpha * Math.sqrt(Math.max(0, variance));
  };
}

/**
 * Returns a function that gives an architecture's value in each column: how often it has a part of a
 * feature, times the root of the part's weight, so that the values of one feature have the length 1.
 */
function featureValues<A>(space: SearchSpace<A>): (architecture: A) => Map<string, number> {
  const partsOf = featureCoder(space.operations);
  return (architecture) => {
    const values = new Map<string, number>();
    for (const feature of space.features(architecture)) {
      for (const { name, weight } of partsOf(feature)) {
        values.set(name, (values.get(name) ?? 0) + Math.sqrt(weight));
      }
    }
    return values;
  };
}
