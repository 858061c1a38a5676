import { expect, test } from "vitest";
import { failureOf, pageAfter } from "./session";

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

test.each([
  ["?next=%2Fruns", undefined],
  ["?error=invalid_code", /check OPNAS_OIDC_CLIENT_ID/],
  ["?next=%2F&error=account_not_linked", /sign in with your password/],
  ["?error=unable_to_create_session", /disabled/],
  ["?error=toString", /^Single sign-on failed/],
  ["?error=%3Cscript%3E&error_description=Send%20money", /^Single sign-on failed/],
])("a sign-in that ends at %j is explained by a sentence of the portal", (search, sentence) => {
  if (sentence === undefined) expect(failureOf(search)).toBeUndefined();
  else expect(failureOf(search)).toMatch(sentence);
});
