import { expect, test } from "vitest";
import { exportAddress } from "./export-address";

test("a file lies beside GraphQL, and its filter is JSON", () => {
  const api = "http://127.0.0.1:4000/graphql";
  expect(exportAddress(api, "audit.csv", {})).toBe("http://127.0.0.1:4000/export/audit.csv");
  const address = new URL(exportAddress(api, "audit.csv", { action: 'a"&=' }));
  expect(JSON.parse(address.searchParams.get("filter") ?? "")).toEqual({ action: 'a"&=' });
});
