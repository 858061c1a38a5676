import { appendFile, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { taskNames, type TaskName } from "@opnas/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startEngine } from "../engine/start.js";
import { tensorNamed } from "../model/tensors.js";
import { trainSuperNet } from "../supernet/train.js";
import { smallSettings } from "../text/testing/smallData.js";
import { readSpeeches } from "../text/corpus.js";
import { unknownId, type PreparedData } from "../text/types.js";
import { specialTokens } from "../text/vocabulary.js";
import { prepareUserText } from "./prepare.js";

const size = { layers: 2, hidden: 16, heads: 2, vocabulary: 400, length: 32, rawKernels: false };
const prepared = { vocabulary: size.vocabulary, length: size.length, evaluationExamples: 32 };

const letters = Array.from("abcdefghijklmnopqrstuvwxyz");

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "opnas-own-"));
  const folder = join(root, "text", "mine");
  await mkdir(join(folder, "more"), { recursive: true });
  const texts = (await readSpeeches())
    .filter((_, index) => index % 12 === 0)
    .map(({ text }) => text.slice(0, 30_000));
  for (const [index, text] of texts.slice(0, 10).entries()) {
    await writeFile(join(folder, `${index}.txt`), text);
  }
  const lines = texts.slice(10).map((text) => JSON.stringify({ text }));
  await writeFile(join(folder, "more", "rest.jsonl"), [...lines, "no JSON"].join("\n"));
});
afterAll(() => rm(root, { recursive: true }));

const remainder = (word: string, divisor: number) =>
  Array.from(word).reduce(
    (rest, letter) => (31 * rest + (letter.codePointAt(0) ?? 0)) % divisor,
    0,
  );

/** English in other signs, letter by letter and word by word: real text in the form of a script. */
const written = {
  Cyrillic: (text: string) =>
    text.replace(/[a-z]/gi, (letter) => {
      const other = String.fromCodePoint(0x430 + (letter.toLowerCase().codePointAt(0) ?? 0) - 97);
      return letter === letter.toLowerCase() ? other : other.toUpperCase();
    }),
  Chinese: (text: string) =>
    text
      .replace(/[a-z]+/gi, (word) => String.fromCodePoint(0x4e00 + remainder(word, 300)))
      .replace(/[.!?]/g, "。")
      .replaceAll(" ", ""),
};

/** Prepares the text of a run; returns the data and the reported notes. */
async function prepare(
  run: string,
  tasks: readonly TaskName[],
  vocabulary: string | null = null,
  folder = "mine",
): Promise<{ data: PreparedData; notes: string[] }> {
  const notes: string[] = [];
  const data = await prepareUserText(
    {
      request: { ...prepared, tasks },
      text: { folder, vocabulary },
      places: {
        own: join(root, "text"),
        cache: join(root, "prepared"),
        keyFile: join(root, `${run}.key`),
      },
    },
    (message) => notes.push(message),
  );
  return { data, notes };
}

const wasBuilt = (notes: readonly string[]) => notes.some((note) => note.startsWith("Learning"));

describe("a search on a user's text", () => {
  test("has every task, and its super-net trains", async () => {
    const { data, notes } = await prepare("first", taskNames);
    expect(data.tasks.map(({ name }) => name)).toEqual(taskNames);
    expect(data.vocabulary).toHaveLength(size.vocabulary);
    for (const task of data.tasks) {
      const baselines = "baselines" in task ? Object.values(task.baselines) : [task.unigram.loss];
      for (const baseline of baselines) expect(baseline).toBeGreaterThan(0);
    }
    expect(notes.length).toBeGreaterThan(taskNames.length);
    for (const note of notes.slice(1)) {
      expect(note).toMatch(
        /text "mine", 20 documents; left out: 1 of 11 lines of mine\/more\/rest\.jsonl/,
      );
    }

    await startEngine("auto", 1);
    const losses: number[] = [];
    const settings = smallSettings({ size });
    const trained = await trainSuperNet({
      settings,
      seed: 7,
      data,
      onProgress: ({ loss }) => void losses.push(loss ?? NaN),
      checkpoint: () => Promise.resolve(),
      signal: new AbortController().signal,
    });
    const { steps } = settings.superNet;
    expect([...tensorNamed(trained, "training.trained.conv").data]).toEqual([steps, steps]);
    expect(losses.every(Number.isFinite)).toBe(true);
  }, 120_000);

  test.each(["Cyrillic", "Chinese"] as const)(
    "reads sentences and words of %s, and reports documents that are too short",
    async (script) => {
      const folder = join(root, "text", script);
      await mkdir(folder);
      const texts = (await readSpeeches()).filter((_, index) => index % 12 === 0);
      for (const [index, { text }] of texts.entries()) {
        await writeFile(join(folder, `${index}.txt`), written[script](text.slice(0, 30_000)));
      }
      await writeFile(join(folder, "short.txt"), "1。");
      const { data, notes } = await prepare(script, ["mlm", "swap"], null, script);
      const { ids, sentences } = data.documents;
      expect(ids.length / sentences.length).toBeLessThan(100);
      const unknown = ids.filter((id) => id === unknownId).length;
      expect(unknown / ids.length).toBeLessThan(0.01);
      expect(notes).toContainEqual(expect.stringContaining("1 of 21 documents are shorter than"));
    },
    60_000,
  );

  test("takes a vocabulary file as it is", async () => {
    const ends = letters.map((letter) => `##${letter}`);
    const file = [...specialTokens, "the", "of", "in", "to", ...letters, ...ends];
    await writeFile(join(root, "text", "vocab.txt"), file.join("\n"));
    const { data } = await prepare("with vocabulary", ["mlm", "preposition"], "vocab.txt");
    expect(data.vocabulary.slice(0, file.length)).toEqual(file);
    expect(data.vocabulary[file.length]).toBe("[unused0]");
    expect(data.vocabulary).toHaveLength(size.vocabulary);
  }, 60_000);

  test("states how much text there is if it is too little", async () => {
    await mkdir(join(root, "text", "scanty"));
    for (const name of ["a", "b", "c"]) {
      const words = `${name} word in a text of few words. `.repeat(60);
      await writeFile(join(root, "text", "scanty", `${name}.txt`), words);
    }
    await writeFile(join(root, "text", "letters.txt"), [...specialTokens, ...letters].join("\n"));
    const scanty = prepareUserText(
      {
        request: { vocabulary: 400, length: 128, tasks: ["mlm"], evaluationExamples: 32 },
        text: { folder: "scanty", vocabulary: "letters.txt" },
        places: { own: join(root, "text"), cache: root, keyFile: join(root, "scanty.key") },
      },
      () => undefined,
    );
    await expect(scanty).rejects.toMatchObject({ code: "BAD_INPUT" });
    await expect(scanty).rejects.toThrow(/too little text: its \d+ characters in 3 documents give/);
  });
});

describe("the cached data of a user's text", () => {
  test("serves other runs until a file changes, and a run that has begun even after that", async () => {
    const before = await prepare("a", ["mlm"]);
    expect(wasBuilt(before.notes)).toBe(true);
    const same = await prepare("b", ["mlm"]);
    expect(wasBuilt(same.notes)).toBe(false);
    expect(same.data).toEqual(before.data);

    await appendFile(join(root, "text", "mine", "0.txt"), " And zebras, zebras, zebras.");
    const changed = await prepare("c", ["mlm"]);
    expect(wasBuilt(changed.notes)).toBe(true);
    expect(changed.data).not.toEqual(before.data);

    const begun = await prepare("a", ["mlm"]);
    expect(begun.notes).toEqual([]);
    expect(begun.data).toEqual(before.data);
  }, 60_000);

  test("is not replaced by a changed text within a run if it is deleted", async () => {
    await prepare("d", ["mlm"]);
    for (const file of await readdir(join(root, "prepared"))) {
      await rm(join(root, "prepared", file));
    }
    expect(wasBuilt((await prepare("d", ["mlm"])).notes)).toBe(true);

    await appendFile(join(root, "text", "mine", "0.txt"), " More zebras.");
    for (const file of await readdir(join(root, "prepared"))) {
      await rm(join(root, "prepared", file));
    }
    const other = prepare("d", ["mlm"]);
    await expect(other).rejects.toMatchObject({ code: "BAD_INPUT" });
    await expect(other).rejects.toThrow("are not as they were when this run began");
  }, 60_000);
});
