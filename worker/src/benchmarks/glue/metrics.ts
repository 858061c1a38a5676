import { sampleCorrelation } from "simple-statistics";

/** The metrics of GLUE's tasks. */
export const metrics = ["accuracy", "f1", "matthews", "pearson", "spearman"] as const;
export type Metric = (typeof metrics)[number];

/**
 * Computes a metric of GLUE from predictions and gold labels, which are classes (of two, 1 is the
 * positive one) or scores. The result is 0 to 1, for Matthews and the correlations −1 to 1. If a
 * quotient is 0 / 0, F1 and Matthews are 0, as in scikit-learn; a correlation with constant values
 * does not exist and is null.
 */
export function measure(
  metric: Metric,
  predicted: readonly number[],
  gold: readonly number[],
): number | null {
  switch (metric) {
    case "accuracy":
      return gold.filter((label, row) => label === predicted[row]).length / gold.length;
    case "f1":
      return f1(confusion(predicted, gold));
    case "matthews":
      return matthews(confusion(predicted, gold));
    case "pearson":
      return correlation(predicted, gold);
    case "spearman":
      return correlation(ranks(predicted), ranks(gold));
  }
}

/** Counts of rows by predicted and gold class. */
interface Confusion {
  truePositive: number;
  falsePositive: number;
  falseNegative: number;
  trueNegative: number;
}

function confusion(predicted: readonly number[], gold: readonly number[]): Confusion {
  const count = (positive: boolean, is: boolean) =>
    gold.filter((label, row) => (label === 1) === is && (predicted[row] === 1) === positive).length;
  return {
    truePositive: count(true, true),
    falsePositive: count(true, false),
    falseNegative: count(false, true),
    trueNegative: count(false, false),
  };
}

function f1({ truePositive, falsePositive, falseNegative }: Confusion): number {
  return orZero((2 * truePositive) / (2 * truePositive + falsePositive + falseNegative));
}

/** Computes the correlation of two binary variables (Matthews 1975). */
function matthews(counts: Confusion): number {
  const { truePositive, falsePositive, falseNegative, trueNegative } = counts;
  const margins =
    (truePositive + falsePositive) *
    (truePositive + falseNegative) *
    (trueNegative + falsePositive) *
    (trueNegative + falseNegative);
  const products = truePositive * trueNegative - falsePositive * falseNegative;
  return orZero(products / Math.sqrt(margins));
}

const orZero = (value: number) => (Number.isNaN(value) ? 0 : value);

function correlation(a: readonly number[], b: readonly number[]): number | null {
  const varies = (values: readonly number[]) => values.some((value) => value !== values[0]);
  return varies(a) && varies(b) ? sampleCorrelation([...a], [...b]) : null;
}

/** Returns ranks from 1 in ascending order; equal values have the mean of their ranks. */
function ranks(values: readonly number[]): number[] {
  const order = values.map((value, row) => ({ value, row })).sort((a, b) => a.value - b.value);
  const result = new Array<number>(values.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (order[end]?.value === order[start]?.value && end < order.length) end++;
    for (const { row } of order.slice(start, end)) result[row] = (start + 1 + end) / 2;
  }
  return result;
}
