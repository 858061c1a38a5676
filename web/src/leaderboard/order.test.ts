import { expect, test } from "vitest";
import { nextOrder } from "./order";

test("the first sort by a cost has the cheapest first, a second press reverses it", () => {
  const first = nextOrder({ field: "SCORE", direction: "DESC" }, "PARAMS");
  expect(first).toEqual({ field: "PARAMS", direction: "ASC" });
  expect(nextOrder(first, "PARAMS")).toEqual({ field: "PARAMS", direction: "DESC" });
  expect(nextOrder(first, "SCORE")).toEqual({ field: "SCORE", direction: "DESC" });
});
