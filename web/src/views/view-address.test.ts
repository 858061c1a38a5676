import { expect, test } from "vitest";
import { viewAddress } from "./view-address";

test("a saved view has an address with its filter and order", () => {
  const order = { field: "PARAMS", direction: "ASC" } as const;
  const address = viewAddress({ id: "7", query: "score > 5 and stable", architectureOrder: order });
  expect(Object.fromEntries(new URL(address, "http://x").searchParams)).toEqual({
    where: "score > 5 and stable",
    sort: "PARAMS",
    dir: "ASC",
    view: "7",
  });
  expect(viewAddress({ id: "7", query: "", architectureOrder: null })).toBe("/?view=7");
});
