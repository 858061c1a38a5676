import { GraphQLError } from "graphql";
import { expect, test } from "vitest";
import { isOfStranger, signInAddress } from "./sign-in";

const failed = (code: string) => ({
  graphQLErrors: [new GraphQLError("no", { extensions: { code } })],
});

test("a caller that the API does not know is asked to sign in, and no other", () => {
  expect(isOfStranger(failed("UNAUTHENTICATED"))).toBe(true);
  expect(isOfStranger(failed("FORBIDDEN"))).toBe(false);
});

test("the page to sign in at leads back to where one was, and never to itself", () => {
  expect(signInAddress({ pathname: "/runs", search: "?a=b" })).toBe(
    "/sign-in?next=%2Fruns%3Fa%3Db",
  );
  expect(signInAddress({ pathname: "/sign-in", search: "" })).toBeNull();
});
