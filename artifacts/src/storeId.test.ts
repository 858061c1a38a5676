import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { folderId } from "./storeId.js";

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(path.join(tmpdir(), "store-id-"))));
afterEach(() => rm(folder, { recursive: true }));

test("workers that begin at once in a new folder give it one id, and it stays", async () => {
  const store = path.join(folder, "artifacts");
  const ids = await Promise.all(Array.from({ length: 10 }, () => folderId(store)));
  expect(new Set(ids).size).toBe(1);
  expect(await folderId(store)).toBe(ids[0]);
  expect(await readdir(store)).toEqual(["store.id"]);
  expect(await folderId(path.join(folder, "another"))).not.toBe(ids[0]);
});

test("an id that is none is refused", async () => {
  await writeFile(path.join(folder, "store.id"), "");
  await expect(folderId(folder)).rejects.toMatchObject({
    code: "ARTIFACTS_UNREACHABLE",
    kind: "machine",
  });
});
