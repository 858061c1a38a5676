import { CombinedError } from "urql";
import { expect, test } from "vitest";
import { corrected, filterFault, markedText } from "./fault";

const text = "stable and tga = good";
const error = new CombinedError({
  graphQLErrors: [
    {
      message: "filter.query cannot be used: at character 12, tga is no field; did you mean tag.",
      extensions: {
        code: "BAD_INPUT",
        path: "filter.query",
        filter: { position: 11, length: 3, expected: ["score"], nearest: ["tag"] },
      },
    },
  ],
});

test("a refused filter has a sentence, a marked place and a correction", () => {
  const fault = filterFault(error);
  if (fault === undefined) expect.unreachable("it has no fault");
  expect(fault.message).toBe("At character 12, tga is no field; did you mean tag.");
  expect(markedText(text, fault)).toEqual({
    before: "stable and ",
    marked: "tga",
    after: " = good",
  });
  expect(corrected(text, fault, "tag")).toBe("stable and tag = good");
});

test("what is missing at the end is marked by a blank there", () => {
  const fault = { message: "", position: 7, length: 0, nearest: [] };
  expect(markedText("score >", fault)).toEqual({ before: "score >", marked: "\u00a0", after: "" });
});

test("other errors are no faults of a filter", () => {
  const other = { message: "Bad.", extensions: { code: "BAD_INPUT", path: "filter.query" } };
  expect(filterFault(new CombinedError({ graphQLErrors: [other] }))).toBeUndefined();
  expect(filterFault(undefined)).toBeUndefined();
});
