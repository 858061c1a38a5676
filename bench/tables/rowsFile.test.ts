import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { OpnasError, optionsOf, presetNamed } from "@opnas/core";
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

test("numbers have an order, each slot its own options, and numbers written otherwise are equal", async () => {
  const content = [
    "activation,rate,layers,id,score",
    "relu,0.1,2,1,1",
    "gelu,1e-2,10,2,2",
    "gelu,0.010,9,3,3",
    "relu,1e-3,9,1,4",
  ].join("\n");
  const file = path.join(folder, "numbers.csv");
  await writeFile(file, content);
  const table = await readRows(file, false, ["id"]);
  expect(table.slots).toEqual([
    { name: "activation", options: ["gelu", "relu"] },
    { name: "rate", options: ["0.001", "0.01", "0.1"], places: [0, 0.5, 1] },
    { name: "layers", options: ["2", "9", "10"], places: [0, 0.5, 1] },
    { name: "id", options: ["1", "2", "3"] },
  ]);
  const { operations } = table.spaceOf(presetNamed("tiny-linear").settings);
  expect(optionsOf(operations, { kind: "operation", position: 0 })).toEqual({
    options: ["gelu", "relu"],
  });
  expect(optionsOf(operations, { kind: "operation", position: 2 }).places).toEqual([0, 0.5, 1]);
});

test.each([
  ["table.json", "[]", "it has no rows."],
  ["table.json", '{"size":3}', "it must be an array with an object for each row."],
  ["table.json", "[3]", "row 1: it must be an object."],
  ["table.json", '[{"size":', "Unexpected end of JSON input."],
  ["table.json", '[{"size":3,"score":1},{"size":3}]', "row 2 has other columns than row 1."],
  ["table.json", '[{"size":null,"score":1}]', "row 1, column size: it must be a text, a number"],
  ["table.json", '[{"score":1}]', "it has no column but the score."],
  ["table.csv", "size,score\n3,1\n4,high\n", 'the score of row 2 is "high", not a number.'],
  ["table.csv", "size,score\n3,\n", 'the score of row 1 is "", not a number.'],
  ["table.csv", "size,score\n3\n", "Line 2 has 1 cells for 2 columns."],
  ["table.csv", "size,score\n3,1\n5,2\n3,4\n", "rows 1 and 3 differ at most in their scores."],
  ["table.csv", "", "it has no rows."],
  ["table.txt", "size,score\n3,1\n", "its name must end in .csv or .json."],
])("%s with %j is an error that says why", async (name, content, message) => {
  const reading = read(name, content);
  await expect(reading).rejects.toThrow(OpnasError);
  await expect(reading).rejects.toThrow(message);
});

test("a file that is not there, or no file, is an error with a sentence", async () => {
  const absent = path.join(folder, "absent.csv");
  await expect(readRows(absent, false)).rejects.toThrow(`There is no file ${absent}.`);
  await expect(readRows(folder, false)).rejects.toThrow("cannot be read: EISDIR");
});

test("a column that is to have no order must be a slot", async () => {
  const file = path.join(folder, "column.csv");
  await writeFile(file, "size,score\n3,1\n");
  await expect(readRows(file, false, ["score"])).rejects.toThrow("no slot score, only size.");
});
