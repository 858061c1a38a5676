import { type Random, stream } from "../random.js";
import { fitRidge, type LinearModel } from "./ridge.js";

/** A property of an architecture: one of the values that a factor may have, or an amount. */
export interface Property {
  /** Name of the factor, such as `kernel 2`. */
  factor: string;
  /** Value of the factor, such as `5`; properties of one factor and value add up. */
  value: string;
  /** 1 where the architecture has the value, or how often it has it. */
  amount: number;
}

/** An evaluated architecture, as far as importance is computed from it. */
export interface Observation {
  score: number;
  properties: readonly Property[];
}

/** Importance of one factor for the score. */
export interface FactorImportance {
  factor: string;
  /**
   * Fall of the share of variance that the model explains when this factor's values are permuted
   * among architectures that it was not fitted to; about 0 for a factor without influence.
   */
  importance: number;
  values: ValueEffect[];
}

/** Scores of the architectures that have one value of a factor. */
export interface ValueEffect {
  value: string;
  count: number;
  meanScore: number;
}

/** Importance of all factors, the greatest first. */
export interface Importance {
  /** Observations that it was computed from. */
  observations: number;
  /**
   * Share of the variance of scores, at most 1, that the linear model explains of architectures that
   * it was not fitted to (R² by cross-validation). Near 0 or below it, the importances mean nothing.
   */
  explained: number;
  factors: FactorImportance[];
}

/** Fewest observations that importance is computed from. */
export const fewestObservations = 20;

const folds = 5;
const permutations = 10;
const penalty = 1;

/**
 * Computes how much each factor of architectures matters for their scores, by permutation importance
 * (Breiman 2001; Fisher, Rudin and Dominici 2019) of a linear model with a ridge penalty, on the parts
 * of a fivefold cross-validation that the model was not fitted to. The same observations and seed give
 * the same result. Factors that no observation differs in have importance 0.
 *
 * @returns null for fewer than 20 observations, and where all scores are equal
 */
export function featureImportance(
  observations: readonly Observation[],
  seed: number,
): Importance | null {
  const scores = observations.map(({ score }) => score);
  const mean = scores.reduce((sum, score) => sum + score, 0) / Math.max(1, scores.length);
  const spread = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0);
  if (observations.length < fewestObservations || spread === 0) return null;
  const table = tableOf(observations);
  const random = stream(seed, "feature importance");
  const order = random.shuffle([...observations.keys()]);
  const increase = new Map([...table.columnsOf.keys()].map((factor) => [factor, 0]));
  let squares = 0;
  for (let fold = 0; fold < folds; fold++) {
    const held = order.filter((_, place) => place % folds === fold);
    const fitted = order.filter((_, place) => place % folds !== fold);
    const model = fitRidge(
      fitted.map((index) => table.rows[index] ?? new Float64Array()),
      fitted.map((index) => scores[index] ?? 0),
      penalty,
    );
    const residuals = held.map((index) => (scores[index] ?? 0) - predict(model, table.rows[index]));
    squares += sumOfSquares(residuals);
    for (const [factor, columns] of table.columnsOf) {
      const parts = held.map((index) => partOf(model, table.rows[index], columns));
      const more = increaseByPermuting(residuals, parts, random);
      increase.set(factor, (increase.get(factor) ?? 0) + more);
    }
  }
  const factors = [...increase].map(([factor, more]) => ({
    factor,
    importance: more / spread,
    values: effectsOf(factor, observations),
  }));
  return {
    observations: observations.length,
    explained: 1 - squares / spread,
    factors: factors.sort((a, b) => b.importance - a.importance || (a.factor < b.factor ? -1 : 1)),
  };
}

/** Observations as rows of numbers, with the columns of each factor. */
interface Table {
  rows: Float64Array[];
  columnsOf: Map<string, number[]>;
}

function tableOf(observations: readonly Observation[]): Table {
  const columnsOf = new Map<string, number[]>();
  const places = new Map<string, number>();
  const all = observations.flatMap(({ properties }) => properties);
  for (const { factor, value } of all) {
    const name = JSON.stringify([factor, value]);
    if (places.has(name)) continue;
    columnsOf.set(factor, [...(columnsOf.get(factor) ?? []), places.size]);
    places.set(name, places.size);
  }
  const rows = observations.map(({ properties }) => {
    const row = new Float64Array(places.size);
    for (const { factor, value, amount } of properties) {
      const place = places.get(JSON.stringify([factor, value])) ?? 0;
      row[place] = (row[place] ?? 0) + amount;
    }
    return row;
  });
  return { rows, columnsOf };
}

function predict({ intercept, weights }: LinearModel, row: Float64Array | undefined): number {
  return weights.reduce((sum, weight, column) => sum + weight * (row?.[column] ?? 0), intercept);
}

/** Returns what some columns add to a prediction. */
function partOf(
  { weights }: LinearModel,
  row: Float64Array | undefined,
  columns: readonly number[],
) {
  return columns.reduce((sum, column) => sum + (weights[column] ?? 0) * (row?.[column] ?? 0), 0);
}

/** Returns the mean growth of the squared residuals when a factor's parts change places. */
function increaseByPermuting(
  residuals: readonly number[],
  parts: readonly number[],
  random: Random,
): number {
  if (parts.every((part) => part === parts[0])) return 0;
  const before = sumOfSquares(residuals);
  let after = 0;
  for (let each = 0; each < permutations; each++) {
    const permuted = random.shuffle(parts);
    after += sumOfSquares(
      residuals.map((residual, at) => residual + (parts[at] ?? 0) - (permuted[at] ?? 0)),
    );
  }
  return after / permutations - before;
}

function sumOfSquares(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}

function effectsOf(factor: string, observations: readonly Observation[]): ValueEffect[] {
  const found = new Map<string, { count: number; sum: number }>();
  for (const { score, properties } of observations) {
    const own = properties.filter((property) => property.factor === factor && property.amount > 0);
    for (const value of new Set(own.map((property) => property.value))) {
      const { count, sum } = found.get(value) ?? { count: 0, sum: 0 };
      found.set(value, { count: count + 1, sum: sum + score });
    }
  }
  return [...found]
    .map(([value, { count, sum }]) => ({ value, count, meanScore: sum / count }))
    .sort((a, b) => b.meanScore - a.meanScore || (a.value < b.value ? -1 : 1));
}
