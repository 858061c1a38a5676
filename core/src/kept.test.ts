import { expect, test } from "vitest";
import { Kept } from "./kept.js";

test("results are made once for each text, until there are too many", () => {
  const kept = new Kept<number>(2);
  let made = 0;
  const get = (text: string) => kept.get(text, () => ++made);
  expect(["a", "b", "a", "b"].map(get)).toEqual([1, 2, 1, 2]);
  expect(["c", "c", "a"].map(get)).toEqual([3, 3, 4]);
});
