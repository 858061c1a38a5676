import { Matrix, solve } from "ml-matrix";
import { describe, expect, test } from "vitest";
import { presetNamed } from "../../presets.js";
import { stream } from "../../random.js";
import type { SearchSpace } from "../searchSpace.js";
import { searchContext, strategies } from "../strategies.js";
import { Cholesky } from "./cholesky.js";
import { logExpectedImprovement, pickByImprovement } from "./expectedImprovement.js";
import { fitSurrogate } from "./gaussianProcess.js";

const letters = ["a", "b", "c", "d"];
/** Words of four letters. */
const space: SearchSpace<string> = {
  operations: { operation: letters, kernel: [] },
  sample: (random) => Array.from({ length: 4 }, () => random.pick(letters)).join(""),
  key: String,
  features: (word) =>
    Array.from(word).map((operation, position) => ({ kind: "operation", position, operation })),
  mutate: (word) => ({ architecture: word, description: "" }),
};
const words = letters.flatMap((a) =>
  letters.flatMap((b) => letters.flatMap((c) => letters.map((d) => a + b + c + d))),
);
const worth = (word: string) =>
  Array.from(word).reduce((sum, letter, place) => sum + letters.indexOf(letter) * (4 + place), 0);
const scored = (some: readonly string[]) =>
  some.map((architecture) => ({ architecture, score: worth(architecture) }));
const seen = scored(stream(1, "words").shuffle(words).slice(0, 60));

test("a Cholesky factor that grew by rows solves the whole system", () => {
  const random = stream(1, "matrix");
  const a = Matrix.zeros(6, 6).apply(function (this: Matrix, row, column) {
    this.set(row, column, random.normal());
  });
  const matrix = a.mmul(a.transpose()).add(Matrix.eye(6));
  const factor = new Cholesky();
  for (let row = 0; row < 6; row++) {
    factor.append(matrix.getRow(row).slice(0, row), matrix.get(row, row));
  }
  const b = [1, -2, 3, 0, 5, 1];
  const expected = solve(matrix, Matrix.columnVector(b)).to1DArray();
  for (const [at, value] of factor.backward(factor.forward(b)).entries()) {
    expect(value).toBeCloseTo(expected[at] ?? NaN, 8);
  }
});

describe("the Gaussian process", () => {
  test("predicts high scores for what is good and was never evaluated", () => {
    const known = seen.filter(({ architecture }) => architecture !== "dddd");
    const { predictions } = fitSurrogate(known, space).predict(words);
    const ranked = words.map((word, at) => ({ word, mean: predictions[at]?.mean ?? 0 }));
    expect(ranked.toSorted((a, b) => b.mean - a.mean)[0]?.word).toBe("dddd");
  });

  test("expects of an operation in a slot where it was never seen what it does in others", () => {
    const known = seen.filter(({ architecture }) => architecture.endsWith("a"));
    const surrogate = fitSurrogate(known, space);
    const [low, middle, high] = surrogate.predict(["bbbb", "bbbc", "bbbd"]).predictions;
    expect(surrogate.parameters.sharedWeight).toBeGreaterThan(0);
    expect(middle?.mean).toBeGreaterThan(low?.mean ?? Infinity);
    expect(high?.mean).toBeGreaterThan(middle?.mean ?? Infinity);
  });

  test("takes operations as different in each slot where the scores say so", () => {
    const known = words.map((architecture, at) => {
      const sign = (place: number) => (place % 2 === 0 ? 1 : -1);
      const effects = Array.from(
        architecture,
        (letter, place) => sign(place) * letters.indexOf(letter),
      );
      return { architecture, score: effects.reduce((sum, effect) => sum + effect, at / 1e6) };
    });
    const some = stream(1, "words").shuffle(known).slice(0, 60);
    expect(fitSurrogate(some, space).parameters.sharedWeight).toBe(0);
  });

  test("knows less of what is farther from all that was evaluated, up to a bound", () => {
    const near = scored(words.filter((word) => /^[ab]{4}$/.test(word)));
    const { predictions } = fitSurrogate(near, space).predict(["aaaa", "aaac", "aacc", "cccc"]);
    const variances = predictions.map(({ variance }) => variance);
    expect(variances).toEqual(variances.toSorted((a, b) => a - b));
    expect(variances[0]).toBeLessThan(variances[1] ?? 0);
    expect(variances.at(-1)).toBeLessThanOrEqual(0.4);
  });

  test("learns from a pick what its evaluation will tell of neighbours", () => {
    const batch = fitSurrogate(seen, space).predict(["dddd", "dddc", "aaaa"]);
    const before = batch.predictions.map(({ variance }) => variance);
    batch.pick(0);
    const falls = before.map((variance, at) => variance - (batch.predictions[at]?.variance ?? 0));
    expect(falls[0]).toBeGreaterThan(falls[1] ?? 0);
    expect(falls[1]).toBeGreaterThan(falls[2] ?? 0);
  });
});

test("expected improvement grows with mean and variance, even far below the incumbent", () => {
  const means = [-60, -8, -4, -1.001, -0.999, 0, 1];
  const values = means.map((mean) => logExpectedImprovement({ mean, variance: 1 }, 0));
  expect(values).toEqual(values.toSorted((a, b) => a - b));
  expect(values.every(Number.isFinite)).toBe(true);
  expect(logExpectedImprovement({ mean: 0, variance: 1 }, 0)).toBeCloseTo(Math.log(0.39894), 4);
  // φ(3) − 3 (1 − Φ(3))
  expect(logExpectedImprovement({ mean: -3, variance: 1 }, 0)).toBeCloseTo(Math.log(3.8215e-4), 3);
  const narrow = logExpectedImprovement({ mean: -1, variance: 0.1 }, 0);
  expect(narrow).toBeLessThan(logExpectedImprovement({ mean: -1, variance: 0.5 }, 0));
});

test("picks are distinct, the most promising first, and as many as there are", () => {
  const pool = ["aaaa", "dddd", "dddc", "abcd"].map((architecture) => ({ architecture }));
  const known = seen.filter(({ architecture }) => !architecture.startsWith("ddd"));
  const picked = pickByImprovement(pool, 9, known, space).map(({ architecture }) => architecture);
  expect(picked[0]).toBe("dddd");
  expect(picked.toSorted()).toEqual(["aaaa", "abcd", "dddc", "dddd"]);
  expect(pickByImprovement([], 4, known, space)).toEqual([]);
});

test("a proposal after 10,000 candidates is the same in any order of history", () => {
  const { settings } = presetNamed("tiny");
  const context = searchContext({ ...settings, generations: 10_000 }, 1);
  const random = stream(1, "history");
  const history = Array.from({ length: 10_000 }, (_, at) => {
    const architecture = context.space.sample(random);
    const key = context.space.key(architecture);
    return {
      architecture,
      key,
      score: random.normal(),
      generation: Math.floor(at / 4),
      index: at % 4,
    };
  });
  const first = strategies.opnas.next(history, 2500, context);
  expect(first.children).toHaveLength(4);
  expect(strategies.opnas.next(random.shuffle(history), 2500, context)).toEqual(first);
}, 120_000);
