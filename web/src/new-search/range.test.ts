import { expect, test } from "vitest";
import { rangeFault, rangeText } from "./range";

const population = { type: "integer", minimum: 2, maximum: 10_000 };

test("a value out of range is answered with what to enter", () => {
  const sentence = "Enter a whole number from 2 to 10,000.";
  for (const value of [1, 10_001, 2.5, undefined]) {
    expect(rangeFault(value, population)).toBe(sentence);
  }
  expect(rangeFault(2, population)).toBeUndefined();
  expect(rangeFault(10_000, population)).toBeUndefined();
});

test("a range may have one end or none", () => {
  expect(rangeText({ type: "number", minimum: 0, maximum: null })).toBe(" of at least 0");
  expect(rangeText({ type: "number", minimum: null, maximum: 1e-4 })).toBe(" of at most 0.0001");
  expect(rangeFault(undefined, { type: "number", minimum: null, maximum: null })).toBe(
    "Enter a number.",
  );
});
