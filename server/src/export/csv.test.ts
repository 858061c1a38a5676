import { expect, test } from "vitest";
import { writeCsv } from "./csv.js";
import { runColumns } from "./columns.js";
import type { Cell } from "./tables.js";

const [column] = runColumns.filter(({ name }) => name === "name");

/** Returns the file of one column with these cells, without its line of names. */
async function fileOf(...cells: Cell[]): Promise<string> {
  if (column === undefined) throw new Error("Runs have no name.");
  async function* pages() {
    yield await Promise.resolve(cells.map((name) => ({ name })));
  }
  const parts: string[] = [];
  for await (const part of writeCsv(pages(), [column])) parts.push(part);
  expect(parts[0]).toBe("name\r\n");
  return parts.slice(1).join("");
}

test.each<[Cell, string]>([
  ["calm-dove", "calm-dove"],
  [" blank ", " blank "],
  ["", '""'],
  [null, ""],
  ['a "b", c', '"a ""b"", c"'],
  ["two\nlines", '"two\nlines"'],
  ["two\r\nlines", '"two\r\nlines"'],
  ["=1+1", "'=1+1"],
  ["+1", "'+1"],
  ["-1", "'-1"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\t=1", "'\t=1"],
  ["\r=1", '"\'\r=1"'],
  ["\uFF1D1", "'\uFF1D1"],
  ['=A("b")', '"\'=A(""b"")"'],
  [-1.5, "-1.5"],
  [1e21, "1e+21"],
  [true, "true"],
  [new Date(0), "1970-01-01T00:00:00.000Z"],
])("the cell %j is written as %j", async (cell, expected) => {
  expect(await fileOf(cell)).toBe(`${expected}\r\n`);
});

test("more rows than one text holds are all written, in order", async () => {
  const cells = Array.from({ length: 120 }, (_, index) => index);
  expect(await fileOf(...cells)).toBe(cells.map((cell) => `${String(cell)}\r\n`).join(""));
});
