import { expect, test } from "vitest";
import { anonymous, localPrincipal } from "../identity/principal.js";
import { callerKey } from "./caller.js";

test("an account counts as itself wherever it asks from", () => {
  const principal = { ...localPrincipal, kind: "USER" as const, id: "user:7" };
  expect(callerKey({ principal, ipAddress: "10.0.0.1" })).toBe(
    callerKey({ principal, ipAddress: "10.0.0.2" }),
  );
});

test.each([
  ["10.0.0.1", "address 10.0.0.1"],
  ["::ffff:10.0.0.1", "address 10.0.0.1"],
  ["2001:db8:1:2:3:4:5:6", "network 2001:db8:1:2"],
  ["2001:db8:1:2::1", "network 2001:db8:1:2"],
  ["2001:db8::1", "network 2001:db8:0:0"],
  ["::1", "network 0:0:0:0"],
])("without an account, %s counts as %s", (address, key) => {
  expect(callerKey({ principal: anonymous("nobody"), ipAddress: address })).toBe(key);
});
