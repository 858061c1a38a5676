import type { SearchSpace } from "../searchSpace.js";
import { Cholesky, dot } from "./cholesky.js";
import { featureCounter, placedProductWith } from "./kernel.js";

/** A predicted score, and the variance of the prediction as far as it is not known. */
export interface RidgePrediction {
  mean: number;
  variance: number;
}

/**
 * Returns the prediction of a ridge regression on architectures' features, from the inner products
 * of pairs of architectures: the same as by its effects, (XᵀX + ridge)⁻¹ Xᵀy, at a cost that grows
 * with the number of evaluated architectures cubed instead of that of columns. Ordered slots have
 * twice as many columns as gaps between values.
 */
export function ridgeByPairs<A>(
  evaluated: readonly { architecture: A }[],
  scores: readonly number[],
  space: SearchSpace<A>,
  ridge: number,
): (architecture: A) => RidgePrediction {
  const count = featureCounter(space);
  const rows = evaluated.map(({ architecture }) => count(architecture));
  const factor = new Cholesky();
  for (const [at, row] of rows.entries()) {
    const productWith = placedProductWith(row);
    factor.append(rows.slice(0, at).map(productWith), productWith(row) + ridge);
  }
  const whitened = factor.forward(scores);
  return (architecture) => {
    const one = count(architecture);
    const productWith = placedProductWith(one);
    const solved = factor.forward(rows.map(productWith));
    const variance = (productWith(one) - dot(solved, solved)) / ridge;
    return { mean: dot(solved, whitened), variance };
  };
}
