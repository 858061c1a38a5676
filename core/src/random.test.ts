import { describe, expect, test } from "vitest";
import { stream } from "./random.js";

const many = <T>(count: number, draw: () => T) => Array.from({ length: count }, draw);
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe("stream", () => {
  test("gives the same choices for the same seed, purpose and index, on every machine", () => {
    const random = stream(7, "a test", 3);
    const drawn = [
      random.next(),
      random.int(1000),
      random.normal(),
      ...random.shuffle([1, 2, 3, 4]),
    ];
    expect(drawn).toMatchInlineSnapshot(`
      [
        0.5154571508397565,
        623,
        0.5753332604382659,
        1,
        4,
        3,
        2,
      ]
    `);
  });

  test("gives other choices for another seed, purpose or index", () => {
    const firsts = [
      stream(1, "a", 0),
      stream(2, "a", 0),
      stream(1, "b", 0),
      stream(1, "a", 1),
      stream(1, "a 1", 0),
    ].map((random) => random.next());
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  test("is uniform across the indices of one purpose", () => {
    const firsts = many(4000, () => 0).map((_, index) => stream(1, "candidate", index).next());
    expect(Math.abs(mean(firsts) - 0.5)).toBeLessThan(0.02);
    const tenths = Array.from(
      { length: 10 },
      (_, tenth) => firsts.filter((value) => Math.floor(value * 10) === tenth).length,
    );
    for (const count of tenths) expect(Math.abs(count - 400)).toBeLessThan(80);
  });
});

describe("a stream's choices", () => {
  test("int stays below its bound and reaches every value", () => {
    const random = stream(1, "int");
    expect(new Set(many(300, () => random.int(5)))).toEqual(new Set([0, 1, 2, 3, 4]));
    expect(many(20, () => random.int(1))).toEqual(many(20, () => 0));
    for (const bound of [0, -1, 1.5, Number.NaN]) expect(() => random.int(bound)).toThrow(/bound/);
  });

  test("normal has mean 0 and variance 1", () => {
    const random = stream(1, "normal");
    const values = many(20_000, () => random.normal());
    expect(mean(values)).toBeCloseTo(0, 1);
    expect(mean(values.map((value) => value * value))).toBeCloseTo(1, 1);
  });

  test("pick refuses an empty list", () => {
    expect(() => stream(1, "pick").pick([])).toThrow(/bound/);
  });

  test("shuffle returns a permutation and leaves its argument alone", () => {
    const items = [1, 2, 3, 4, 5, 6];
    const shuffled = stream(3, "shuffle").shuffle(items);
    expect(items).toEqual([1, 2, 3, 4, 5, 6]);
    expect(shuffled).not.toEqual(items);
    expect([...shuffled].sort((a, b) => a - b)).toEqual(items);
  });

  test("weighted samples in proportion and never samples a weight of zero", () => {
    const random = stream(1, "weighted");
    const drawn = many(4000, () => random.weighted([0, 1, 3, 0]));
    expect(new Set(drawn)).toEqual(new Set([1, 2]));
    expect(mean(drawn.map((index) => (index === 2 ? 1 : 0)))).toBeCloseTo(0.75, 1);
  });

  test.each([[[]], [[0, 0]], [[1, -1]], [[Number.NaN]], [[Number.POSITIVE_INFINITY]]])(
    "weighted refuses weights %j",
    (weights) => {
      expect(() => stream(1, "weighted").weighted(weights)).toThrow(/Weights/);
    },
  );
});
