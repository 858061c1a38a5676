import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { presetNamed, stream } from "@opnas/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { item } from "../common/items.ts";
import { parseCsv } from "./csv.ts";
import { nasBench201 } from "./nasBench201.ts";
import { nasBenchMacro } from "./nasBenchMacro.ts";
import { contentOf, type PublicFile, TableUnavailable } from "./publicFile.ts";
import { recordTable } from "./record.ts";
import { slotTable } from "./slotSpace.ts";
import { sortedScores, spreadOfTheGood, type Table } from "./table.ts";

const { settings } = presetNamed("tiny-linear");

/** Mutates its way through a table and checks that each step is what a space promises. */
function walk(table: Table): Set<string> {
  const space = table.spaceOf(settings);
  const random = stream(1, "walk");
  let parent = space.sample(random);
  const seen = new Set([parent]);
  for (let step = 0; step < 300; step++) {
    const { architecture } = space.mutate(parent, (_, options) => random.pick(options), random);
    expect(architecture).not.toBe(parent);
    expect(table.scores.has(architecture)).toBe(true);
    seen.add(architecture);
    parent = architecture;
  }
  return seen;
}

/** Made-up networks of two layers in the form of NAS-Bench-Macro's file. */
const macro = JSON.stringify(
  Object.fromEntries(
    ["00", "01", "02", "10", "11", "12", "20", "21", "22"].map((code, index) => {
      const mean_acc = 80 + index;
      const test_acc = [mean_acc - 1, mean_acc, mean_acc + 1];
      return [code, { test_acc, mean_acc, std: 0.8, params: 1, flops: 1 }];
    }),
  ),
);

test("NAS-Bench-Macro's networks are slots of three blocks, with the scores of three trainings", () => {
  const table = nasBenchMacro(macro);
  expect(table.slots).toEqual([
    { name: "layer 1", options: ["MB3 K3", "MB6 K5", "identity"] },
    { name: "layer 2", options: ["MB3 K3", "MB6 K5", "identity"] },
  ]);
  const key = table.keyOf({ "layer 2": "MB3 K3", "layer 1": "MB6 K5" });
  expect(table.scores.get(key)).toBe(87);
  expect(table.runs?.get(key)).toEqual([86, 87, 88]);
  expect(table.spaceOf(settings).features(key)).toEqual([
    { kind: "operation", position: 0, operation: "MB6 K5" },
    { kind: "operation", position: 1, operation: "MB3 K3" },
  ]);
  expect(walk(table).size).toBe(9);
});

/** Made-up cells of three nodes in the form of NAS-Bench-201's CSV. */
const operations = ["none", "nor_conv_3x3"];
const cells = operations.flatMap((a) =>
  operations.flatMap((b) => operations.map((c) => `|${a}~0|+|${b}~0|${c}~1|`)),
);
const csv = [
  "CIFAR10TestAccuracy200Epochs,CIFAR100TestAccuracy200Epochs,ImageNetTestAccuracy200Epochs,ArchitectureString,UniqueString",
  ...cells.map((cell, index) => `${90 + index},${60.5 + index},${30 + index},${cell},#`),
].join("\n");

test("NAS-Bench-201's cells are slots by edge, with the scores of one dataset", () => {
  const table = nasBench201(csv, "cifar100");
  expect(table.slots.map(({ name }) => name)).toEqual(["0 to 1", "0 to 2", "1 to 2"]);
  const key = table.keyOf({ "0 to 1": "nor_conv_3x3", "0 to 2": "none", "1 to 2": "nor_conv_3x3" });
  expect(table.scores.get(key)).toBe(65.5);
  expect(nasBench201(csv, "imagenet16").scores.get(key)).toBe(35);
  expect(table.runs).toBeNull();
  expect(walk(table).size).toBe(8);
});

test.each([
  ["no JSON", () => nasBenchMacro("<html>")],
  ["an accuracy above 100", () => nasBenchMacro('{"00":{"test_acc":[101],"mean_acc":101}}')],
  ["layers of other numbers", () => nasBenchMacro(macro.replace('"22"', '"222"'))],
  ["a column that is missing", () => nasBench201(csv.replace("CIFAR100", "CIFAR"), "cifar100")],
  ["an edge without its origin", () => nasBench201(csv.replace("none~0", "none"), "cifar10")],
  ["a cell twice", () => nasBench201(`${csv}\n1,1,1,${item(cells, 0)},#`, "cifar10")],
  ["an empty file", () => nasBench201("", "cifar10")],
])("%s is an error", (_, read) => {
  expect(read).toThrow();
});

test("the record of truth is a table, and its slots lead to every backbone", async () => {
  const table = await recordTable(new URL("../record/record.json.gz", import.meta.url).pathname);
  expect(table.scores.size).toBe(625);
  expect(walk(table).size).toBeGreaterThan(100);
  const random = stream(2, "slots");
  for (let count = 0; count < 100; count++) {
    const chosen: Record<string, string> = {};
    for (const { name, options, when } of table.slots) {
      if (when && chosen[when.slot] !== when.is) continue;
      chosen[name] = random.pick(options);
    }
    expect(table.scores.has(table.keyOf(chosen))).toBe(true);
  }
});

test("where not every combination is recorded, mutation stays within the recorded ones", () => {
  const rows = [
    { options: ["a", "a"], score: 1 },
    { options: ["a", "b"], score: 2 },
    { options: ["c", "c"], score: 3 },
  ];
  const table = slotTable("sampled", "sampled", ["one", "two"], rows);
  expect(walk(table).size).toBe(3);
  expect(sortedScores(table)).toEqual([3, 2, 1]);
  expect(spreadOfTheGood(table)).toBe(0.5);
});

test("an ordered slot's mutations go to close values as a rule", () => {
  const rows = Array.from({ length: 41 }, (_, at) => ({ options: [String(at)], score: at }));
  const table = slotTable("line", "line", ["at"], rows, new Set(["at"]));
  const space = table.spaceOf(settings);
  const random = stream(1, "line");
  const steps = Array.from({ length: 500 }, () => {
    const { architecture } = space.mutate("20", (_, options) => random.pick(options), random);
    return Math.abs(Number(architecture) - 20);
  });
  expect(steps.filter((step) => step <= 5).length).toBeGreaterThan(300);
  expect(Math.max(...steps)).toBeGreaterThan(10);
  expect(steps).not.toContain(0);
});

test("where rows differ in several slots, a mutation goes to one of the nearest", () => {
  const rows = Array.from({ length: 40 }, (_, at) => {
    return { options: [String(at), String((7 * at) % 40)], score: at };
  });
  const table = slotTable("sampled", "sampled", ["a", "b"], rows, new Set(["a", "b"]));
  const space = table.spaceOf(settings);
  const random = stream(1, "nearest");
  const distances = Array.from({ length: 100 }, () => {
    const { architecture } = space.mutate("20|20", (_, options) => random.pick(options), random);
    const [a, b] = architecture.split("|").map(Number);
    return Math.abs((a ?? 0) - 20) + Math.abs((b ?? 0) - 20);
  });
  expect(Math.max(...distances)).toBeLessThan(16);
  expect(Math.min(...distances)).toBeGreaterThan(0);
});

test.each([
  [[], "has no rows"],
  [[{ options: ["a"], score: 1 }], "row 1 has 1 options for 2 slots"],
  [[{ options: ["a|b", "a"], score: 1 }], 'row 1 has an option with "|" in it'],
  [[{ options: ["a", "a"], score: NaN }], "the score of row 1 is not a number"],
  [
    [
      { options: ["a", "a"], score: 1 },
      { options: ["a", "a"], score: 2 },
    ],
    "has an architecture twice",
  ],
])("rows that make no table are an error: %j", (rows, message) => {
  expect(() => slotTable("t", "t", ["one", "two"], rows)).toThrow(message);
});

test("CSV may have quoted cells, empty cells, and lines that end as on Windows", () => {
  expect(parseCsv('a,b\r\n"1,""x""\n2",\r\n\n3,4\n')).toEqual([
    { a: '1,"x"\n2', b: "" },
    { a: "3", b: "4" },
  ]);
  expect(() => parseCsv("a,b\n1")).toThrow("Line 2 has 1 cells for 2 columns.");
  expect(() => parseCsv("a,a\n1,2")).toThrow("Two columns have one name.");
  expect(() => parseCsv('a\n"1')).toThrow("The CSV cannot be read");
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "opnas-tables-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("a public file is downloaded once, checked, and said to be put by hand where it cannot be had", async () => {
  let requests = 0;
  const server = createServer((_, response) => {
    requests++;
    response.end("scores");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("The server has no port.");
  const file: PublicFile = {
    name: "scores.json",
    address: `http://127.0.0.1:${bound.port}/scores.json`,
    sha256: createHash("sha256").update("scores").digest("hex"),
  };
  const target = path.join(folder, "scores.json");
  const byHand = `put ${file.address} there by hand as ${target}.`;

  await expect(contentOf(file, false, folder)).rejects.toThrow(
    new TableUnavailable(`scores.json is not in the cache: ${byHand}`),
  );
  expect(await contentOf(file, true, folder)).toBe("scores");
  expect(await contentOf(file, true, folder)).toBe("scores");
  expect({ requests, files: await readdir(folder) }).toEqual({
    requests: 1,
    files: ["scores.json"],
  });

  await writeFile(target, "other");
  await expect(contentOf(file, true, folder)).rejects.toThrow(`${target} is damaged`);
  expect(await readFile(target, "utf8")).toBe("other");
  const changed = { ...file, name: "changed.json", sha256: "0" };
  await expect(contentOf(changed, true, folder)).rejects.toThrow("is another file now");

  await new Promise((resolve) => server.close(resolve));
  const absent = { ...file, name: "absent.json" };
  await expect(contentOf(absent, true, folder)).rejects.toThrow(/is out of reach .* by hand as/);
});
