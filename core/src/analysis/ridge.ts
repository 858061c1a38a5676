import { Cholesky } from "../search/surrogate/cholesky.js";

/** A linear model of scores. */
export interface LinearModel {
  /** The prediction where every column is 0. */
  intercept: number;
  /** The slope of each column. */
  weights: Float64Array;
}

/**
 * Fits a linear model by ridge regression on centred columns: the least squares of the residuals plus
 * `penalty` times the squares of the weights (Hoerl and Kennard 1970).
 *
 * @param rows the columns of each observation, all of one length p
 * @param targets the value of each observation
 * @param penalty above 0, which also makes the normal equations solvable
 */
export function fitRidge(
  rows: readonly Float64Array[],
  targets: readonly number[],
  penalty: number,
): LinearModel {
  const width = rows[0]?.length ?? 0;
  const means = new Float64Array(width);
  for (const row of rows) {
    for (const [column, value] of row.entries()) {
      means[column] = (means[column] ?? 0) + value / rows.length;
    }
  }
  const mean = targets.reduce((sum, target) => sum + target, 0) / Math.max(1, targets.length);
  const gram = Array.from({ length: width }, () => new Float64Array(width));
  const moments = new Float64Array(width);
  for (const [index, row] of rows.entries()) {
    const centred = row.map((value, column) => value - (means[column] ?? 0));
    const residual = (targets[index] ?? 0) - mean;
    for (let a = 0; a < width; a++) {
      const left = centred[a] ?? 0;
      if (left === 0) continue;
      moments[a] = (moments[a] ?? 0) + left * residual;
      const into = gram[a] ?? moments;
      for (let b = 0; b <= a; b++) into[b] = (into[b] ?? 0) + left * (centred[b] ?? 0);
    }
  }
  const factor = new Cholesky();
  for (const [at, row] of gram.entries())
    factor.append(row.subarray(0, at), (row[at] ?? 0) + penalty);
  const weights = factor.backward(factor.forward(moments));
  const intercept = mean - weights.reduce((sum, weight, at) => sum + weight * (means[at] ?? 0), 0);
  return { intercept, weights };
}
