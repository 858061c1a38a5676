import type { z } from "zod";

/** The types of values, as sentences name them. */
const types: Readonly<Record<string, string>> = {
  int: "a whole number",
  number: "a number",
  string: "a text",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

/**
 * Returns what a value must be, as the rest of a sentence that people read beside a field, where a
 * schema has no words of its own for the fault; undefined leaves zod's.
 */
export function sentenceOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type": {
      const type = types[issue.expected];
      return type && `it must be ${type}`;
    }
    case "too_small":
      return bound(issue.origin, issue.inclusive ? "at least" : "above", issue.minimum);
    case "too_big":
      return bound(issue.origin, issue.inclusive ? "at most" : "below", issue.maximum);
    case "invalid_value":
      return `it must be one of ${issue.values.map(String).join(", ")}`;
    default:
      return undefined;
  }
}

/** The units in which the size of a value counts; numbers have none. */
const units: Readonly<Record<string, string>> = { string: " characters", array: " items" };

function bound(origin: string, words: string, limit: number | bigint): string {
  const unit = units[origin] ?? "";
  return `it must ${unit === "" ? "be" : "have"} ${words} ${limit}${unit}`;
}
