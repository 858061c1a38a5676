import { expect, test } from "vitest";
import { viewAddress } from "./view-address";

const view = {
  id: "7",
  list: "LEADERBOARD",
  query: "",
  architectureOrder: null,
  runOrder: null,
} as const;

test("a saved view has an address with its filter and order", () => {
  const order = { field: "PARAMS", direction: "ASC" } as const;
  const address = viewAddress({
    ...view,
    query: "score > 5 and stable",
    architectureOrder: order,
  });
  expect(Object.fromEntries(new URL(address, "http://x").searchParams)).toEqual({
    where: "score > 5 and stable",
    sort: "PARAMS",
    dir: "ASC",
    view: "7",
  });
  expect(viewAddress(view)).toBe("/?view=7");
});

test("a saved view of runs has an address of the list of runs", () => {
  const runOrder = { field: "BEST_SCORE", direction: "DESC" } as const;
  expect(viewAddress({ ...view, list: "RUNS", runOrder })).toBe(
    "/runs?sort=BEST_SCORE&dir=DESC&view=7",
  );
});
