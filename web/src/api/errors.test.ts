import { CombinedError } from "urql";
import { expect, test } from "vitest";
import { toApiError } from "./errors";

test("the server's message and code are kept", () => {
  const error = new CombinedError({
    graphQLErrors: [{ message: "There is no run 7.", extensions: { code: "NOT_FOUND" } }],
  });
  expect(toApiError(error)).toEqual({
    code: "NOT_FOUND",
    message: "There is no run 7.",
    fields: {},
  });
});

test("errors of single fields are found by their dotted path", () => {
  const error = new CombinedError({
    graphQLErrors: [
      {
        message: "Bad settings.",
        extensions: {
          code: "BAD_INPUT",
          issues: [
            {
              path: ["settings", "population"],
              message: "input.settings.population cannot be used: too small.",
            },
          ],
        },
      },
    ],
  });
  expect(toApiError(error).fields).toEqual({ "settings.population": "Too small." });
});

test("a missing answer has the code NETWORK", () => {
  const error = new CombinedError({ networkError: new TypeError("Failed to fetch") });
  expect(toApiError(error).code).toBe("NETWORK");
  expect(toApiError(error).message).not.toContain("Failed to fetch");
});

test("extensions of an unknown form do not hide the message", () => {
  const error = new CombinedError({
    graphQLErrors: [{ message: "Broken.", extensions: { code: 7, issues: "none" } }],
  });
  expect(toApiError(error)).toEqual({ code: "INTERNAL", message: "Broken.", fields: {} });
});

test("GraphQL's words about a value become a sentence at its field", () => {
  const message =
    'Variable "$input" got invalid value 99999999999 at "input.settings.size.layers"; Int cannot represent non 32-bit signed integer value: 99999999999';
  const error = new CombinedError({ graphQLErrors: [{ message }] });
  expect(toApiError(error).fields).toEqual({
    "settings.size.layers": "Enter a whole number of at most 2,147,483,647.",
  });
});
