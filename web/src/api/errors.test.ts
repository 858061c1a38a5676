import { CombinedError } from "urql";
import { expect, test } from "vitest";
import { toApiError } from "./errors";

test("the server's sentence and code are taken over", () => {
  const error = new CombinedError({
    graphQLErrors: [{ message: "There is no run 7.", extensions: { code: "NOT_FOUND" } }],
  });
  expect(toApiError(error)).toEqual({
    code: "NOT_FOUND",
    message: "There is no run 7.",
    fields: {},
  });
});

test("what is wrong with single fields is found by their dotted path", () => {
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

test("no answer is told from an answer that is an error", () => {
  const error = new CombinedError({ networkError: new TypeError("Failed to fetch") });
  expect(toApiError(error).code).toBe("NETWORK");
  expect(toApiError(error).message).not.toContain("Failed to fetch");
});

test("extensions in a form that is not known do not hide the sentence", () => {
  const error = new CombinedError({
    graphQLErrors: [{ message: "Broken.", extensions: { code: 7, issues: "none" } }],
  });
  expect(toApiError(error)).toEqual({ code: "INTERNAL", message: "Broken.", fields: {} });
});
