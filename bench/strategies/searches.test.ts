import { appendFile, writeFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { presetNamed } from "@opnas/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { item, numbersFrom } from "../common/items.ts";
import { changed } from "../common/settings.ts";
import { slotTable } from "../tables/slotSpace.ts";
import type { TableSlot } from "../tables/table.ts";
import { keepCurves } from "./keptCurves.ts";
import { localSearch } from "./localSearch.ts";
import {
  curveOf,
  localSearchUnder,
  scoresOfTrainings,
  scoresWithNoise,
  steadySearch,
  strategySearch,
} from "./searches.ts";
import { startTpe, tpeSearch } from "./tpe.ts";

/** All numbers of three digits from 0 to 4, whose sum is the score; two trainings are 1 apart. */
const digits = ["0", "1", "2", "3", "4"];
const rows = digits.flatMap((a) =>
  digits.flatMap((b) =>
    digits.map((c) => {
      const score = Number(a) + Number(b) + Number(c);
      return { options: [a, b, c], score, runs: [score - 0.5, score + 0.5] };
    }),
  ),
);
const table = slotTable("digits", "digits", ["a", "b", "c"], rows);
const settings = changed(presetNamed("tiny-linear").settings, { generations: 200 });
const truth = scoresWithNoise(table, 0);

test("local search moves to better neighbours only, and evaluates nothing twice", () => {
  const context = { space: table.spaceOf(settings), settings, seed: 2 };
  const scoreOf = truth.seenBy(2);
  const history = localSearch(context, scoreOf, 125);
  expect(new Set(history.map(({ key }) => key)).size).toBe(125);
  const first = strategySearch("evolution", settings);
  const others = first({ table, seed: 2, scoreOf, evaluations: 16 });
  expect(history.slice(0, 16)).toEqual(others);
  // Until the best, each is a neighbour of the best so far.
  const steps = history.slice(16).findIndex(({ score }) => score === 12);
  expect(steps).toBeGreaterThan(0);
  for (let at = 16; at <= 16 + steps; at++) {
    const sorted = history.slice(0, at).sort((a, b) => b.score - a.score);
    const [own, best] = [item(history, at).key.split("|"), item(sorted, 0)];
    const top = sorted.filter(({ score }) => score === best.score).map(({ key }) => key.split("|"));
    const apart = top.map((key) => key.filter((digit, slot) => digit !== own[slot]).length);
    expect(apart).toContain(1);
  }
  // A space that is exhausted ends the search.
  expect(localSearch(context, scoreOf, 200)).toHaveLength(125);
});

test("a steady state begins as generations do, and then proposes one at a time", async () => {
  const preset = changed(presetNamed("tiny").settings, { generations: 200 });
  const run = { table, seed: 3, scoreOf: truth.seenBy(3), evaluations: 20 };
  const steady = await steadySearch("opnas", preset, 2)(run);
  const inGenerations = await strategySearch("opnas", preset)(run);
  expect(new Set(steady.map(({ key }) => key)).size).toBe(20);
  const { population } = preset;
  expect(steady.slice(0, population).map(({ key }) => key)).toEqual(
    inGenerations.slice(0, population).map(({ key }) => key),
  );
  const generations = steady.slice(population).map(({ generation }) => generation);
  expect(generations).toEqual(numbersFrom(1, 20 - population));
});

test("made-up noise is of an architecture and a seed, and a choice is worth its true score", async () => {
  const { seenBy, judged } = scoresWithNoise(table, 1);
  expect(seenBy(1)("0|0|0")).toBe(seenBy(1)("0|0|0"));
  expect(seenBy(1)("0|0|0")).not.toBe(seenBy(2)("0|0|0"));
  expect(judged).toBe(table.scores);
  const curve = await curveOf(localSearchUnder(settings), table, { seenBy, judged }, 1, 60);
  for (const worth of curve) expect(Number.isInteger(worth)).toBe(true);
  expect(curve).toHaveLength(60);
});

test("noise of trainings: the first is seen, the mean of the others judges", () => {
  const { seenBy, judged } = scoresOfTrainings(new Map([["x", [1, 4, 6]]]));
  expect(seenBy(1)("x")).toBe(1);
  expect(judged.get("x")).toBe(5);
});

/** Speaks the protocol of tpe.py: options in turn, by the number of questions; a score of -1 fails. */
const peer = `
import { createInterface } from "node:readline";
const say = (reply) => console.log(JSON.stringify(reply));
say({ answer: "peer" });
let slots, asked;
createInterface({ input: process.stdin }).on("line", (line) => {
  const question = JSON.parse(line);
  if (question.study) [slots, asked] = [question.study.slots, question.study.seed - 1];
  else if (question.score === -1) return say({ error: "a bad score" });
  const options = {};
  for (const { name, options: all, when } of slots) {
    if (when && options[when.slot] !== when.is) continue;
    options[name] = all[(asked >> 1) % all.length];
  }
  asked++;
  say({ answer: { options } });
});`;

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "opnas-peer-"));
  file = path.join(folder, "peer.mjs");
  await writeFile(file, peer);
});
afterAll(() => rm(folder, { recursive: true }));

test("a peer is told every score; what it proposes again does not count", async () => {
  const process_ = await startTpe([process.execPath, file]);
  const search = tpeSearch(process_);
  const run = { table, seed: 1, scoreOf: truth.seenBy(1) };
  const history = await search({ ...run, evaluations: 3 });
  expect(history.map(({ key, score }) => [key, score])).toEqual([
    ["0|0|0", 0],
    ["1|1|1", 3],
    ["2|2|2", 6],
  ]);
  // It knows five architectures only: after so many proposals there is no more to come.
  expect(await search({ ...run, evaluations: 20 })).toHaveLength(5);
  await expect(search({ ...run, scoreOf: () => -1, evaluations: 3 })).rejects.toThrow(
    "a bad score",
  );
  process_.end();
});

test("a peer is asked only for slots that the architecture has", async () => {
  const slots: TableSlot[] = [
    { name: "kind", options: ["conv", "attention"] },
    { name: "kernel", options: ["3", "5"], when: { slot: "kind", is: "conv" } },
    { name: "value", options: ["V", "Q"], when: { slot: "kind", is: "attention" } },
  ];
  const keyOf = (options: Readonly<Record<string, string>>) => JSON.stringify(options);
  const process_ = await startTpe([process.execPath, file]);
  const run = { table: { ...table, slots, keyOf }, scoreOf: () => 1, evaluations: 2 };
  const history = await tpeSearch(process_)({ ...run, seed: 1 });
  expect(history.map(({ key }) => key)).toEqual([
    '{"kind":"conv","kernel":"3"}',
    '{"kind":"attention","value":"Q"}',
  ]);
  process_.end();
});

test.each([
  ["console.log('nonsense')", "Optuna's side answered nonsense"],
  ["process.exit(3)", "a process of the bench ended (code 3)"],
])("a peer that does not speak is an error: %s", async (program, message) => {
  await expect(startTpe([process.execPath, "-e", program])).rejects.toThrow(message);
});

test("kept curves are read again, up to a line that was cut short, and under the same conditions", async () => {
  const kept = path.join(folder, "kept");
  const search = { table: "digits", variant: "local search, first 8", seed: 1, evaluations: 3 };
  const never = () => Promise.reject(new Error("it was searched again"));
  await keepCurves(kept, "a")(search, () => Promise.resolve([1, 2, 3]));
  await appendFile(path.join(kept, "digits-local-search-first-8.jsonl"), '{"conditions":"a","see');
  const again = keepCurves(kept, "a");
  expect(await again(search, never)).toEqual([1, 2, 3]);
  expect(await again({ ...search, seed: 2 }, () => Promise.resolve([4]))).toEqual([4]);
  expect(await keepCurves(kept, "b")(search, () => Promise.resolve([5]))).toEqual([5]);
  const last = keepCurves(kept, "a");
  expect(await last(search, never)).toEqual([1, 2, 3]);
  expect(await last({ ...search, seed: 2 }, never)).toEqual([4]);
  await expect(last({ ...search, evaluations: 4 }, never)).rejects.toThrow("again");
});
