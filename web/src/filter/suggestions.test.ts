import { expect, test } from "vitest";
import type { FilterField } from "./queries";
import { suggestions } from "./suggestions";

function field(name: string, choices: string[] = []): FilterField {
  const comparisons = ["=", "!="];
  return {
    name,
    aliases: [],
    description: "",
    values: "a text",
    choices,
    comparisons,
    alone: true,
  };
}
const fields = [
  field("score"),
  field("stability", ["stable", "no-learning"]),
  field("layer.kernel", ["3", "5", "7"]),
  field("run.name"),
];
const offered = (text: string, caret = text.length) =>
  suggestions(text, caret, fields).map(({ label }) => label);

test.each([
  ["s", ["score", "stability"]],
  ["score > 5 and ker", ["layer.kernel"]],
  ["name", ["run.name"]],
  ["stability = ", ["stable", "no-learning"]],
  ["stability=no", ["no-learning"]],
  ["layer.kernel in (3, ", ["3", "5", "7"]],
  ["layer.kernel not in (", ["3", "5", "7"]],
  ["score > ", []],
  ['"s', []],
  ['"a \\" s', []],
  ['"a" and sc', ["score"]],
  ["", []],
  ["score > 5 and ", []],
])("at the end of %j there is %j", (text, labels) => {
  expect(offered(text)).toEqual(labels);
});

test("a suggestion takes the place of what was typed, and the rest stays", () => {
  const [first] = suggestions("sc > 5", 2, fields);
  expect(first).toMatchObject({ text: "score > 5", caret: 5 });
});
