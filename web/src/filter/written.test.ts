import { expect, test } from "vitest";
import { asFilter, isFilter } from "./written";

const names = new Set(["score", "stable", "reference", "tag", "layer.kernel"]);

test.each([
  ["calm-dove", false],
  ["calm dove", false],
  ["", false],
  ["and", true],
  ["stable", true],
  ["Stable AND NOT reference", true],
  ["stable dove", false],
  ["scroe > 5", true],
  ["layer.kernel in (3, 5)", true],
  ['"calm dove"', true],
])("the text %j is a filter: %s", (text, expected) => {
  expect(isFilter(text, names)).toBe(expected);
});

test("the controls and the text of a leaderboard become one filter", () => {
  expect(asFilter({})).toBe("");
  expect(asFilter({ query: "stable or tag" })).toBe("stable or tag");
  expect(
    asFilter({ search: 'a "b', preset: "tiny", references: false, query: "stable or tag" }),
  ).toBe('"a \\"b" and preset = "tiny" and not reference and (stable or tag)');
  expect(asFilter({ runId: "7", query: "score > 5" })).toBe("run = 7 and score > 5");
  expect(asFilter({ status: ["DONE"], visibility: ["ARCHIVED"], query: "tag" })).toBe(
    "status = done and archived and tag",
  );
});
