import { expect, test } from "vitest";
import { keyState } from "./key-state";

const now = Date.parse("2026-06-01T00:00:00Z");

test.each([
  [{ expiresAt: null, revokedAt: null }, "valid"],
  [{ expiresAt: "2026-06-02T00:00:00Z", revokedAt: null }, "valid"],
  [{ expiresAt: "2026-06-01T00:00:00Z", revokedAt: null }, "expired"],
  [{ expiresAt: null, revokedAt: "2026-05-01T00:00:00Z" }, "revoked"],
  [{ expiresAt: "2026-05-02T00:00:00Z", revokedAt: "2026-05-01T00:00:00Z" }, "revoked"],
])("a key with %j is %s", (times, state) => {
  expect(keyState(times, now)).toBe(state);
});
