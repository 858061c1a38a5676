import { describe, expect, test } from "vitest";
import { measure } from "./metrics.js";

// Expected values: scikit-learn 1.9.1 (accuracy_score, f1_score, matthews_corrcoef) and SciPy
// 1.17.1 (pearsonr, spearmanr) on the same numbers.
const predicted = [1, 0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1];
const gold = [1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1];
const scores = [0.4, 1.1, 2.0, 2.0, 3.7, 4.9, 0.1, 2.5, 2.5, 2.5];
const goldScores = [0.0, 1.8, 1.2, 2.2, 5.0, 4.0, 0.0, 2.2, 3.6, 1.2];

describe("metrics of GLUE", () => {
  test("agree with scikit-learn on classes", () => {
    expect(measure("accuracy", predicted, gold)).toBe(0.75);
    expect(measure("f1", predicted, gold)).toBeCloseTo(0.7692307692307693, 12);
    expect(measure("matthews", predicted, gold)).toBeCloseTo(0.50709255283711, 12);
  });

  test("agree with SciPy on scores, some of them equal", () => {
    expect(measure("pearson", scores, goldScores)).toBeCloseTo(0.8520963630133279, 12);
    expect(measure("spearman", scores, goldScores)).toBeCloseTo(0.8447367914999205, 12);
  });

  test("agree with scikit-learn if all predictions are equal", () => {
    const ones = gold.map(() => 1);
    const zeros = gold.map(() => 0);
    expect(measure("f1", ones, gold)).toBeCloseTo(2 / 3, 12);
    expect(measure("f1", zeros, gold)).toBe(0);
    expect(measure("matthews", ones, gold)).toBe(0);
  });

  test("have no correlation with constant values", () => {
    const constant = goldScores.map(() => 2.2);
    expect(measure("pearson", constant, goldScores)).toBeNull();
    expect(measure("spearman", constant, goldScores)).toBeNull();
  });
});
