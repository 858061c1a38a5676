import { GraphQLError } from "graphql";
import { expect, test } from "vitest";
import { signInAddress } from "./sign-in";

const failed = (code: string) => ({
  graphQLErrors: [new GraphQLError("no", { extensions: { code } })],
});

test("a caller that the API does not know is asked to sign in, and then comes back", () => {
  expect(signInAddress(failed("UNAUTHENTICATED"), { pathname: "/runs", search: "?a=b" })).toBe(
    "/sign-in?next=%2Fruns%3Fa%3Db",
  );
});

test("other errors lead nowhere, and neither does the page to sign in at itself", () => {
  expect(signInAddress(failed("FORBIDDEN"), { pathname: "/runs", search: "" })).toBeNull();
  const at = { pathname: "/sign-in", search: "" };
  expect(signInAddress(failed("UNAUTHENTICATED"), at)).toBeNull();
});
