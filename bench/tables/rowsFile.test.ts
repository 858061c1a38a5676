import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readRows } from "./rowsFile.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "opnas-rows-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(name: string, content: string, lowest = false) {
  const file = path.join(folder, name);
  await writeFile(file, content);
  return readRows(file, lowest);
}

const slots = [
  { name: "size", options: ["3", "5"] },
  { name: "bias", options: ["false", "true"] },
];
const json = [
  { size: 3, bias: true, loss: 0.5 },
  { size: 5, bias: true, loss: 0.25 },
  { size: 5, bias: false, loss: 1 },
];

test("CSV and JSON rows give the same table: slots, then the score", async () => {
  const fromJson = await read("table.json", JSON.stringify(json));
  const fromCsv = await read("table.csv", "size,bias,loss\n3,true,0.5\n5,true,0.25\n5,false,1\n");
  for (const table of [fromJson, fromCsv]) {
    expect(table.slots).toEqual(slots);
    expect(table.scores.get(table.keyOf({ size: "5", bias: "true" }))).toBe(0.25);
    expect(table.scores.size).toBe(3);
  }
});

test("a column named score is the score wherever it stands, and lower may be better", async () => {
  const table = await read("table.csv", "score,size,bias\n0.5,3,true\n1,5,false\n", true);
  expect(table.slots).toEqual(slots);
  expect(table.scores.get(table.keyOf({ size: "5", bias: "false" }))).toBe(-1);
});

test.each([
  ["table.json", "[]", "it has no rows"],
  ["table.json", '{"size":3}', "expected array"],
  ["table.json", '[{"size":3,"score":1},{"size":3}]', "row 2 has other columns than row 1"],
  ["table.json", '[{"score":1}]', "has no column but the score"],
  ["table.csv", "size,score\n3,high\n", "a score is not a number"],
  ["table.csv", "size,score\n3,\n", "Too small"],
])("%s with %j is an error", async (name, content, message) => {
  await expect(read(name, content)).rejects.toThrow(message);
});
