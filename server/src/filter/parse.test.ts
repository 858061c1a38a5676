import "reflect-metadata";
import { expect, test } from "vitest";
import { leaderboardFields } from "../leaderboard/filterFields.js";
import { runFields } from "../run/filterFields.js";
import { keyOf, normal } from "./condition.js";
import { FilterError } from "./error.js";
import { type FilterFields, parseFilter } from "./parse.js";

const userId = "0192aa00-0000-7000-8000-000000000001";
const path = ["filter", "query"];

function keyed(text: string, fields: FilterFields = leaderboardFields): string {
  return keyOf(normal(parseFilter(text, fields, { userId }, path)));
}

function faultOf(text: string, fields: FilterFields = leaderboardFields): FilterError {
  try {
    parseFilter(text, fields, { userId }, path);
  } catch (error) {
    if (error instanceof FilterError) return error;
    throw error;
  }
  throw new Error(`${text} has no fault`);
}

const day = "2026-11-01T00:00:00.000Z";
const next = "2026-11-02T00:00:00.000Z";

test.each([
  ["score > 55", "  SCORE>55 "],
  ["score > 55 and stable", "stable AND (score > 55)"],
  ["stable and stable", "stable"],
  ["not score > 55", "score <= 55"],
  ["not not stable", "stable"],
  ["not (stable and tag = good)", "not stable or tag != good"],
  ["layer.kernel in (3, 5)", "layer.kernel = 5 or layer.kernel = 3"],
  ["layer.kernel not in (3, 5)", "layer.kernel != 5 and layer.kernel != 3"],
  ["strategy = OPNAS_PAPER", 'strategy == "opnas-paper"'],
  ["params < 30M", "params < 3e7"],
  ["params < 1.5k", "params<1500"],
  ['text ~ "Calm-Dove"', "'calm-dove'"],
  ["created = 2026-11-01", `created >= ${day} and created < ${next}`],
  ["created > 2026-11-01", `created >= ${next}`],
  ["created <= 2026-11-01", `created < ${next}`],
  ["created >= 2026-11-01T01:00:00+01:00", `created >= ${day}`],
  ["owner = me", `owner = ${userId.toUpperCase()}`],
  ["stable = false", "not stable"],
  ["stable != true", "not stable"],
  ["tag", "not not tag"],
  ["score > 1 or score > 2 or score > 3", "score > 3 or (score > 2 or score > 1)"],
  ["", "   "],
])("%s says what %s says", (one, other) => {
  expect(keyed(one)).toBe(keyed(other));
});

test.each([
  ["score > 55", "score >= 55"],
  ["not stepTime > 1", "stepTime <= 1"],
  ["stepTime > 1", "stepRatio > 1"],
  ["tag = good", "tag = Good"],
  ["stable and tag = good", "stable or tag = good"],
  ["stable or tag = a and tag = b", "(stable or tag = a) and tag = b"],
  ['name = "and"', "name = or2"],
])("%s says another thing than %s", (one, other) => {
  expect(keyed(one)).not.toBe(keyed(other));
});

test("the fields of runs are others than those of architectures", () => {
  expect(keyed("score > 55", runFields)).toBe(keyed("bestScore > 55", runFields));
  expect(faultOf("status = done").fault).toMatchObject({ position: 0, length: 6 });
  expect(faultOf("layer.kernel = 5", runFields).fault).toMatchObject({ position: 0, length: 12 });
});

test.each([
  ["scor > 5", 0, 4, "scor is no field; did you mean score", ["score"]],
  [
    "stable and kernel = 5",
    11,
    6,
    "kernel is no field; did you mean layer.kernel",
    ["layer.kernel"],
  ],
  ["score >", 7, 0, "at the end, a number was expected", []],
  ["score 5", 6, 1, "at character 7, and, or or the end was expected, not 5", []],
  ["score > high", 8, 4, "the value of score high is not a number", []],
  ["score ~ 5", 6, 1, "score cannot be compared by ~, but by = != < <= > >=", []],
  ["run", 3, 0, "run needs a comparison: =, != or in was expected", []],
  ["strategy = opna", 11, 4, "did you mean opnas or opnas-paper", ["opnas", "opnas-paper"]],
  ["layer.kernel = 4", 15, 1, "is not one of 3, 5, 7, 9, 15, 31, 65", []],
  ["layer.kernel in (3, 5", 21, 0, "at the end, a comma or ) was expected", []],
  ["layer.kernel in ()", 17, 1, "one of 3, 5, 7, 9, 15, 31, 65 was expected", []],
  ["(stable", 7, 0, "at the end, and, or or ) was expected", []],
  ["stable)", 6, 1, "and, or or the end was expected, not )", []],
  ["and stable", 0, 3, "a field, a text in quotes, not or ( was expected, not and", []],
  ["created > yesterday", 10, 9, "yesterday is not a date from 1970 on", []],
  ["created > 2026-02-30", 10, 10, "is not a date from 1970 on", []],
  ["created > 1969-12-31", 10, 10, "is not a date from 1970 on", []],
  ["owner = ann", 8, 3, "ann is neither me nor an e-mail address nor an id", []],
  ["run = 5", 6, 1, "5 is not an id (a UUID)", []],
  ['name = ""', 7, 2, "is empty", []],
  ['name = "open', 7, 5, 'the text that begins with " has no end', []],
  ["stable ! tag", 7, 1, "! is no comparison: write != or not", []],
  ["score > 1e999", 8, 5, "is not a number", []],
  ["name = '\ud800'", 7, 3, "a character that cannot be stored", []],
  ["name = a\0b", 7, 3, "a character that cannot be stored", []],
] as const)("%j has a fault at %i", (text, position, length, said, nearest) => {
  const error = faultOf(text);
  expect(error.message).toContain("filter.query cannot be used: at ");
  expect(error.message).toContain(said);
  expect(error.fault).toMatchObject({ position, length, nearest });
  expect(error).toMatchObject({ code: "BAD_INPUT", issues: [{ path }] });
});

test("an error lists what is expected at its place", () => {
  expect(faultOf("score >").fault.expected).toEqual(["a number"]);
  expect(faultOf("strategy = x").fault.expected).toContain("opnas-paper");
  expect(faultOf("unheard = 1").fault.expected).toContain("layer.kernel");
});

test("length, depth and the number of comparisons are bounded", () => {
  const deep = `${"(".repeat(21)}stable${")".repeat(21)}`;
  expect(faultOf(deep).message).toContain("nested more than 20 levels deep");
  expect(faultOf(`${"not ".repeat(21)}stable`).message).toContain("nested more than 20 levels");
  const many = Array.from({ length: 101 }, () => "stable").join(" or ");
  expect(faultOf(many).message).toContain("it has more than 100 comparisons");
  const list = `layer.kernel in (${Array.from({ length: 101 }, () => 3).join(",")})`;
  expect(faultOf(list).message).toContain("it has more than 100 comparisons");
  expect(faultOf("x".repeat(2_001)).message).toContain("longer than 2000 characters");
  expect(faultOf("x".repeat(1_000)).message.length).toBeLessThan(500);
});
