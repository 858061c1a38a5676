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
  const rows = rowsOf(evaluated, space, columns);
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

  const covariance = inverse(gramMatrix(rows, columns.size));
  const effects = effectsOf(covariance, rows, scores);

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

/** An architecture's values in the columns of the regression, ascending; the others are 0. */
interface Row {
  columns: Int32Array;
  values: Float64Array;
}

/** Makes the rows of architectures, and gives features that are new their columns. */
function rowsOf<A>(
  evaluated: readonly { architecture: A }[],
  space: SearchSpace<A>,
  columns: Map<string, number>,
): Row[] {
  const partsOf = featureCoder(space.operations);
  return evaluated.map(({ architecture }) => {
    const values = new Map<number, number>();
    for (const feature of space.features(architecture)) {
      for (const { name, weight } of partsOf(feature)) {
        const column = columns.get(name) ?? columns.size;
        columns.set(name, column);
        values.set(column, (values.get(column) ?? 0) + Math.sqrt(weight));
      }
    }
    const ascending = Int32Array.from(values.keys()).sort();
    return {
      columns: ascending,
      values: Float64Array.from(ascending, (one) => values.get(one) ?? 0),
    };
  });
}

/** Returns XᵀX + ridge, where an architecture is a row of X. */
function gramMatrix(rows: readonly Row[], size: number): Matrix {
  const gram = Array.from({ length: size }, () => new Float64Array(size));
  for (const { columns, values } of rows) {
    // Indexed, as below: of ten thousand architectures these are millions of products.
    for (let at = 0; at < columns.length; at++) {
      const entries = gram[columns[at] ?? 0];
      const value = values[at] ?? 0;
      for (let other = 0; entries && other < columns.length; other++) {
        const column = columns[other] ?? 0;
        entries[column] = (entries[column] ?? 0) + value * (values[other] ?? 0);
      }
    }
  }
  return new Matrix(gram).add(Matrix.eye(size).mul(ridge));
}

/**
 * Returns covariance · Xᵀ y. It is summed by architectures, not as covariance · (Xᵀ y), which would
 * round otherwise, so that seeds give the searches that they gave with whole matrices.
 */
function effectsOf(covariance: Matrix, rows: readonly Row[], scores: readonly number[]): number[] {
  return covariance.to2DArray().map((entries) => {
    let effect = 0;
    for (const [row, { columns, values }] of rows.entries()) {
      let weight = 0;
      // Indexed, since this is most of the time and iterators make it several times as slow.
      for (let at = 0; at < columns.length; at++) {
        weight += (entries[columns[at] ?? 0] ?? 0) * (values[at] ?? 0);
      }
      effect += weight * (scores[row] ?? 0);
    }
    return effect;
  });
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
