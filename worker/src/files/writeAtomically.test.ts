import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { isMissing } from "@opnas/artifacts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { removeFolder, writeAtomically } from "./writeAtomically.js";

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

test("removal takes a folder that others still write into, and one that is not there", async () => {
  const inner = path.join(folder, "inner");
  await writeAtomically(path.join(inner, "first"), ["whole"]);
  const writing = Promise.allSettled(
    Array.from({ length: 20 }, (_, at) => writeAtomically(path.join(inner, String(at)), ["whole"])),
  );
  await removeFolder(inner);
  for (const end of await writing)
    if (end.status === "rejected") expect(isMissing(end.reason)).toBe(true);
  await removeFolder(inner);
  await removeFolder(inner);
  expect(await readdir(folder)).toEqual([]);
});
