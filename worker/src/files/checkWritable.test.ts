import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { makeFolder } from "@opnas/artifacts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkWritable } from "./checkWritable.js";

let work: string;
beforeAll(async () => {
  work = await mkdtemp(path.join(tmpdir(), "make-folder-"));
});
afterAll(() => rm(work, { recursive: true }));

test("folders are made where they are missing, also by several at once", async () => {
  const folder = path.join(work, "a", "b", "c");
  await Promise.all([makeFolder(folder), makeFolder(folder), makeFolder(path.dirname(folder))]);
  await makeFolder(folder);
  await checkWritable(folder);
  expect(await readdir(folder)).toEqual([]);
});

test("a folder that cannot be is refused, below a file and where no folder can be made", async () => {
  const file = path.join(work, "file");
  await writeFile(file, "");
  const refusal = { code: "DATA_FOLDER_UNWRITABLE" };
  await expect(checkWritable(path.join(file, "below"))).rejects.toMatchObject(refusal);
  await expect(checkWritable(file)).rejects.toMatchObject(refusal);
  // No file system has a folder of a null character in its name.
  await expect(makeFolder(path.join(work, "\0"))).rejects.toThrow();
});

test("a folder below /proc is refused, at once", async () => {
  await expect(checkWritable("/proc/x/y")).rejects.toMatchObject({
    code: "DATA_FOLDER_UNWRITABLE",
  });
});
