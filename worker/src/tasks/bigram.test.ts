import { describe, expect, test } from "vitest";

import { toSequences } from "../text/sequences.js";
import { clsId, maskId, sepId } from "../text/types.js";
import { BigramModel } from "./bigram.js";
import { logisticAccuracy } from "./logistic.js";

const [a, b, c] = [5, 6, 7] as const;
/** "a b" four times, "a c" once; each row of its own. */
const text = toSequences(
  [[b], [b], [b], [b], [c]].map(([last = b]) => [clsId, a, last, sepId]),
  4,
);

describe("BigramModel", () => {
  const model = new BigramModel(text, 8);
  const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

  test("counts words with one added to each, and no special tokens", () => {
    expect(model.unigram[a]).toBeCloseTo(6 / 13);
    expect(model.unigram[b]).toBeCloseTo(5 / 13);
    expect(model.unigram[c]).toBeCloseTo(2 / 13);
    expect(sum(model.unigram)).toBeCloseTo(1);
  });

  test("gives probabilities of the next word that add up to one", () => {
    expect(model.next(a, b)).toBeCloseTo((4 - 0.75) / 5 + ((2 * 0.75) / 5) * (5 / 13));
    expect(sum([a, b, c].map((next) => model.next(a, next)))).toBeCloseTo(1);
  });

  test("falls back on word frequency where it knows no neighbour", () => {
    expect(model.next(c, b)).toBe(model.unigram[b]);
    for (const [id, probability] of model.between(maskId, sepId).entries()) {
      expect(probability).toBeCloseTo(model.unigram[id] ?? -1, 12);
    }
  });

  test("uses both neighbours for the word between them", () => {
    const between = model.between(a, sepId);
    expect(sum(between)).toBeCloseTo(1);
    for (const next of [a, b, c]) expect(between[next]).toBeCloseTo(model.next(a, next));
    const before = model.between(clsId, b);
    expect(before[a]).toBeGreaterThan(model.unigram[a] ?? 1);
  });
});

describe("logisticAccuracy", () => {
  const examples = (shift: number) =>
    Array.from({ length: 300 }, (_, index) => ({
      features: [`class ${(index + shift) % 3}`, `noise ${index % 7}`],
      label: index % 3,
    }));

  test("learns classes that follow from the features", () => {
    expect(logisticAccuracy(examples(0), examples(0), 3)).toBe(1);
    expect(logisticAccuracy(examples(0), examples(1), 3)).toBe(0);
  });

  test("is at chance if the classes do not follow from the features", () => {
    const blind = examples(0).map(({ label }, index) => ({ features: [`${index % 7}`], label }));
    expect(logisticAccuracy(blind, blind, 3)).toBeLessThan(0.45);
  });
});
