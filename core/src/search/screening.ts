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
  if (typeof space.operations === "function" && columns.size > evaluated.length) {
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

/**
 * The architectures' values in the columns of the regression, one architecture after the other, each with
 * ascending columns; what is not there is 0. Flat, since ten thousand architectures are walked through for
 * each column.
 */
interface Rows {
  /** The place of each architecture's first value, and the number of all. */
  starts: Int32Array;
  columns: Int32Array;
  values: Float64Array;
}

/** Makes the rows of architectures, and gives features that are new their columns. */
function rowsOf<A>(
  evaluated: readonly { architecture: A }[],
  space: SearchSpace<A>,
  columns: Map<string, number>,
): Rows {
  const partsOf = featureCoder(space.operations);
  const [starts, flatColumns, flatValues]: [number[], number[], number[]] = [[0], [], []];
  const sums: number[] = [];
  for (const { architecture } of evaluated) {
    const present: number[] = [];
    for (const feature of space.features(architecture)) {
      for (const { name, weight } of partsOf(feature)) {
        const column = columns.get(name) ?? columns.size;
        if (column === columns.size) columns.set(name, column);
        const sum = sums[column] ?? 0;
        if (sum === 0) present.push(column);
        sums[column] = sum + Math.sqrt(weight);
      }
    }
    for (const column of present.sort((one, other) => one - other)) {
      flatColumns.push(column);
      flatValues.push(sums[column] ?? 0);
      sums[column] = 0;
    }
    starts.push(flatColumns.length);
  }
  return {
    starts: Int32Array.from(starts),
    columns: Int32Array.from(flatColumns),
    values: Float64Array.from(flatValues),
  };
}

/** Returns XᵀX + ridge, where an architecture is a row of X. */
function gramMatrix({ starts, columns, values }: Rows, size: number): Matrix {
  const gram = Array.from({ length: size }, () => new Float64Array(size));
  for (let row = 0; row + 1 < starts.length; row++) {
    const [first = 0, end = 0] = [starts[row], starts[row + 1]];
    for (let at = first; at < end; at++) {
      const entries = gram[columns[at] ?? 0];
      const value = values[at] ?? 0;
      for (let other = first; entries && other < end; other++) {
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
function effectsOf(
  covariance: Matrix,
  { starts, columns, values }: Rows,
  scores: readonly number[],
): number[] {
  return covariance.to2DArray().map((row) => {
    const entries = Float64Array.from(row);
    let effect = 0;
    let at = 0;
    for (let architecture = 0; architecture < scores.length; architecture++) {
      const end = starts[architecture + 1] ?? 0;
      let weight = 0;
      for (; at < end; at++) weight += (entries[columns[at] ?? 0] ?? 0) * (values[at] ?? 0);
      effect += weight * (scores[architecture] ?? 0);
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
