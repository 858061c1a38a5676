import { describe, expect, test } from "vitest";
import { stream } from "../random.js";
import { upperConfidenceBound } from "./screening.js";
import type { SearchSpace } from "./searchSpace.js";
import { normalScores } from "./surrogate/normalScores.js";
import { ridgeByPairs } from "./surrogate/ridgeByPairs.js";

const letters = ["a", "b", "c", "d"];
/** Words of three letters; what a letter adds depends on its place. */
const space: SearchSpace<string> = {
  operations: { operation: letters, kernel: [] },
  sample: (random) => Array.from({ length: 3 }, () => random.pick(letters)).join(""),
  key: String,
  features: (word) =>
    Array.from(word).map((operation, position) => ({ kind: "operation", position, operation })),
  mutate: (word) => ({ architecture: word, description: "" }),
};
const words = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)));
const added = (word: string) =>
  Array.from(word).reduce((sum, letter, place) => sum + letters.indexOf(letter) * (4 + place), 0);

function evaluated(count: number, score: (word: string) => number) {
  const drawn = stream(1, "words").shuffle(words).slice(0, count);
  return drawn.map((architecture) => ({ architecture, score: score(architecture) }));
}

describe("the upper confidence bound of an architecture", () => {
  test("is highest for the best architecture never evaluated, where operations add up", () => {
    const seen = evaluated(30, added).filter(({ architecture }) => architecture !== "ddd");
    const of = upperConfidenceBound(seen, space, 0);
    const best = words.toSorted((a, b) => of(b) - of(a))[0];
    expect(best).toBe("ddd");
  });

  test("does not credit an operation with the effect of its neighbours", () => {
    // Whatever has an a in front is bad, and b in the middle nearly always stood behind one.
    const seen = ["aba", "abb", "abc", "abd", "bba", "bac", "cab", "dad", "aaa", "cac"];
    const scores = seen.map((word) => ({ architecture: word, score: word[0] === "a" ? 10 : 60 }));
    const of = upperConfidenceBound(scores, space, 0);
    const marginal = (letter: string) => {
      const held = scores.filter(({ architecture }) => architecture[1] === letter);
      return held.reduce((sum, { score }) => sum + score, 0) / held.length;
    };
    expect(marginal("a") - marginal("b")).toBeGreaterThan(20);
    expect(of("cbc") - of("abc")).toBeGreaterThan(3 * Math.abs(of("cac") - of("cbc")));
  });

  test("depends only on the order of the scores", () => {
    const plain = upperConfidenceBound(evaluated(20, added), space, 0.3);
    const curved = upperConfidenceBound(
      evaluated(20, (word) => Math.exp(added(word) / 10) - 1e6),
      space,
      0.3,
    );
    for (const word of words) expect(curved(word)).toBe(plain(word));
  });

  test("treats equal scores as equal, whatever their order", () => {
    const all = evaluated(20, () => 7);
    const of = upperConfidenceBound(all, space, 0);
    for (const word of words) expect(of(word)).toBeCloseTo(0, 12);
  });

  test("is the same by pairs of architectures as by effects", () => {
    const own: SearchSpace<string> = { ...space, operations: () => ({ options: letters }) };
    for (const count of [1, 5, 11]) {
      const seen = evaluated(count, added);
      const byPairs = ridgeByPairs(seen, normalScores(seen.map(({ score }) => score)), own, 1);
      const byEffects = upperConfidenceBound(seen, space, 2);
      const chosen = upperConfidenceBound(seen, own, 2);
      for (const word of words) {
        const { mean, variance } = byPairs(word);
        expect(mean + 2 * Math.sqrt(variance)).toBeCloseTo(byEffects(word), 9);
        expect(chosen(word)).toBeCloseTo(byEffects(word), 9);
      }
    }
  });

  test("grows with uncertainty, weighted by alpha", () => {
    const seen = evaluated(40, () => 7).filter(({ architecture }) => !architecture.endsWith("d"));
    const of = upperConfidenceBound(seen, space, 1);
    const mean = (some: string[]) =>
      some.reduce((sum, word) => sum + of(word), 0) / Math.max(1, some.length);
    const isNew = (word: string) => word.endsWith("d");
    expect(mean(words.filter(isNew))).toBeGreaterThan(
      mean(words.filter((word) => !isNew(word))) + 0.3,
    );
    expect(upperConfidenceBound(seen, space, 0)("aad")).toBeCloseTo(0, 12);
  });
});
