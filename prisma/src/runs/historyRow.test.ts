import { bertBase } from "@opnas/core";
import { expect, test } from "vitest";
import { HistoryParser, type HistoryRow } from "./historyRow.js";

const row: HistoryRow = {
  key: "a",
  score: 3,
  generation: 1,
  index: 2,
  version: 1,
  layers: bertBase.layers.map((layer) => JSON.stringify(layer)).join("\n"),
};

test("a candidate is read as it was stored, and candidates share equal layers", () => {
  const parser = new HistoryParser();
  const { architecture, ...rest } = parser.parse(row);
  expect(architecture).toEqual(bertBase);
  expect(rest).toEqual({ key: "a", score: 3, generation: 1, index: 2 });
  const other = parser.parse({ ...row, key: "b" });
  expect(new Set([...architecture.layers, ...other.architecture.layers]).size).toBe(1);
});

test.each([
  ["another version", { version: 2 }],
  ["an unknown layer", { layers: '{"kind":"pool"}' }],
  ["no layers", { layers: "" }],
])("%s is refused", (_, change) => {
  expect(() => new HistoryParser().parse({ ...row, ...change })).toThrow();
});
