import { expect, test } from "vitest";
import { Kept } from "./kept";

test("what was set longest ago is dropped first", () => {
  const kept = new Kept<number>(2);
  kept.set("a", 1);
  kept.set("b", 2);
  kept.set("a", 3);
  kept.set("c", 4);
  expect([kept.get("a"), kept.get("b"), kept.get("c")]).toEqual([3, undefined, 4]);
});
