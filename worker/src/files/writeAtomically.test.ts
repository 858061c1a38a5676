import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { removeWithDrafts, writeAtomically } from "./writeAtomically.js";

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(path.join(tmpdir(), "write-atomically-"))));
afterEach(() => rm(folder, { recursive: true }));

test("an atomic write replaces an older file by the parts in order and leaves no draft", async () => {
  const file = path.join(folder, "deep", "file");
  await writeAtomically(file, ["older and longer"]);
  await writeAtomically(file, ["a", Uint8Array.of(98), "c"]);
  expect(await readFile(file, "utf8")).toBe("abc");
  expect(await readdir(path.dirname(file))).toEqual(["file"]);
});

test("an atomic write keeps the older file if a part fails, and leaves no draft", async () => {
  const file = path.join(folder, "file");
  await writeAtomically(file, ["older"]);
  const parts = function* () {
    yield "newer";
    throw new Error("no more");
  };
  await expect(writeAtomically(file, parts())).rejects.toThrow("no more");
  expect(await readFile(file, "utf8")).toBe("older");
  expect(await readdir(folder)).toEqual(["file"]);
});

test("removal deletes the file and its drafts, and nothing else", async () => {
  const file = path.join(folder, "checkpoint");
  await writeAtomically(file, ["whole"]);
  for (const name of ["checkpoint.1-2.tmp", "checkpoint.other", "other.tmp"]) {
    await writeFile(path.join(folder, name), "");
  }
  await removeWithDrafts(file);
  expect((await readdir(folder)).sort()).toEqual(["checkpoint.other", "other.tmp"]);
  await removeWithDrafts(file);
});
