import { expect, test } from "vitest";
import { table } from "../commands/output.js";
import { CliError } from "./error.js";
import { plain } from "./plain.js";

test.each([
  ["\u001b[31mred\u001b[0m", "red"],
  ["\u001b]0;title\u0007name", "name"],
  ["a\u009b2Jb\u0008\u0000", "ab"],
  ["\u202etxt.exe", "txt.exe"],
  ["two\nlines\tÄ 名前 🙂", "two\nlines\tÄ 名前 🙂"],
])("of %j a terminal gets %j", (text, expected) => {
  expect(plain(text)).toBe(expected);
});

test("a cell of a table stays in its line", () => {
  expect(table(["name", "best"], [["a\n\u001b[2Jb", "1"]])).toBe("name  best\na b   1");
});

test("an error's sentence is plain, whatever it repeats", () => {
  expect(new CliError("There is no \u001b[2Jrun.", 1).message).toBe("There is no run.");
});
