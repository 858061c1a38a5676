import { expect, test } from "vitest";
import { pageAfter } from "./session";

test.each([
  ["", "/"],
  ["?next=%2Fruns%3Fstatus%3DRUNNING", "/runs?status=RUNNING"],
  ["?next=https%3A%2F%2Fevil.example%2F", "/"],
  ["?next=%2F%2Fevil.example", "/"],
  ["?next=%5C%5Cevil.example", "/"],
  ["?next=javascript%3Aalert(1)", "/"],
])("after signing in with %j the page is %j of this portal", (search, page) => {
  expect(pageAfter(search)).toBe(page);
});
