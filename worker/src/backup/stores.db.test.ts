import { createHash } from "node:crypto";
import { access, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { type ArtifactStore, FolderStore } from "@opnas/artifacts";
import { TestBucket } from "@opnas/artifacts/testing";
import { openPool } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Files } from "./holdings.js";
import { restoreBackup, verifyBackup } from "./read.js";
import { writeBackup } from "./write.js";

const url = await testDatabase();
let bucket: TestBucket;
beforeEach(async () => void (bucket = await TestBucket.start()));
afterEach(() => bucket.end());

const at = (...names: string[]) => path.join(bucket.folder, ...names);
const run = "0199b1f0-0000-7000-8000-0000000000aa";
const prepared = `prepared/text-${"a".repeat(24)}.bin`;
// More than an upload has in one part, and than a chunk of a stream.
const large = Buffer.alloc(12_000_000, "large ");

/** Names the files of a machine with a store. */
function filesOf(store: ArtifactStore, machine: string): Files {
  return { store, dataFolder: at(machine), textFolder: at(machine, "text") };
}

/** Stores the files of a run, with the id of the store, and a user's text. */
async function fill({ store, dataFolder, textFolder }: Files): Promise<void> {
  const put = (name: string, content: Buffer | string, to = store) =>
    to.write(name, Readable.from([Buffer.from(content)]));
  await store.id();
  await put(`${run}/super-net.1.safetensors`, large);
  await put(`${run}/checkpoints/x/3.1.safetensors`, "");
  await put(`${run}/super-net.2.safetensors.${run}.tmp`, "a draft");
  await put(prepared, "prepared", store.holdsTexts ? store : new FolderStore(dataFolder));
  if (store.holdsTexts) await put("text/farm/0.txt", "a user's");
  else await write(path.join(textFolder, "farm", "0.txt"), "a user's");
}

async function write(file: string, content: string): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
  return file;
}

async function query(sql: string): Promise<void> {
  const pool = openPool(url, "test", 1);
  await pool.query(sql).finally(() => pool.end());
}

/** Hashes what the store and the data folder's prepared texts hold. */
async function contents({ store, dataFolder }: Files): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const from of store.holdsTexts ? [store] : [store, new FolderStore(dataFolder)]) {
    const files = from === store ? await from.list() : await from.list("prepared");
    for (const { name } of files) {
      const hash = createHash("sha256");
      const found = await from.read(name);
      if (found !== undefined) hash.update(await buffer(found.content));
      hashes[name] = hash.digest("hex");
    }
  }
  return hashes;
}

const names = [`${run}/super-net.1.safetensors`, `${run}/checkpoints/x/3.1.safetensors`, prepared];

test("a bucket's backup is restored into a folder, and that one's into another bucket's place", async () => {
  const first = filesOf(bucket.machine("first"), "first");
  await fill(first);
  const written = await writeBackup(url, first, at("bucket.tar"));
  expect(await verifyBackup(at("bucket.tar"))).toEqual(written);
  const before = await contents(first);

  const second = filesOf(new FolderStore(at("shared")), "second");
  const restored = await restoreBackup(url, second, at("bucket.tar"), { replace: true });
  expect(restored).toEqual(written);
  const inFolder = await contents(second);
  expect(Object.keys(inFolder).sort()).toEqual([...names, "store.id"].sort());
  expect(before).toMatchObject(inFolder);
  expect(await second.store.id()).toBe(await first.store.id());
  expect((await stat(at("second", prepared))).size).toBe(8);

  const again = await writeBackup(url, second, at("folder.tar"));
  expect(again.entries.filter(({ name }) => !name.startsWith("database/"))).toEqual(
    written.entries.filter(({ name }) => !name.startsWith("database/")),
  );
  const later = `${run}/super-net.9.safetensors`;
  await first.store.write(later, Readable.from([Buffer.from("later")]));
  await first.store.remove(names[0] ?? "");
  const here = [
    await write(at("first", "artifacts", run, "checkpoints/x/9.1.safetensors"), "later"),
    await write(at("first", "artifact-cache", later), "later"),
  ];
  await restoreBackup(url, first, at("folder.tar"), { replace: true });
  expect(await bucket.names()).toEqual([...names, "store.id", "text/farm/0.txt"].sort());
  expect(await contents(first)).toMatchObject(inFolder);
  for (const file of here) await expect(access(file)).rejects.toMatchObject({ code: "ENOENT" });
});

test("a store that holds something is replaced only when that is said, and a user's text never goes", async () => {
  const files: Files = {
    ...filesOf(new FolderStore(at("shared")), "first"),
    textFolder: at("shared/own"),
  };
  await fill(files);
  await writeBackup(url, files, at("folder.tar"));
  const inBucket = filesOf(bucket.machine("second"), "second");
  await inBucket.store.id();
  for (const to of [files, inBucket]) {
    const refused = restoreBackup(url, to, at("folder.tar"), { replace: false });
    await expect(refused).rejects.toMatchObject({ code: "WRONG_STATE" });
    await expect(refused).rejects.toThrow(to === files ? at("shared") : "s3://bucket/opnas");
  }
  await restoreBackup(url, files, at("folder.tar"), { replace: true });
  expect(await readFile(at("shared/own/farm/0.txt"), "utf8")).toBe("a user's");
  expect((await readdir(at("shared"))).sort()).toEqual([run, "own", "store.id"]);
});

test("a bucket that is away is said, and database and backup's name stay as they were", async () => {
  const files = filesOf(bucket.machine("first"), "first");
  await fill(files);
  await writeBackup(url, files, at("whole.tar"));
  await bucket.away();
  const unreachable = { code: "ARTIFACTS_UNREACHABLE" };
  await expect(writeBackup(url, files, at("none.tar"))).rejects.toMatchObject(unreachable);
  await query("CREATE TABLE later ()");
  const restored = restoreBackup(url, files, at("whole.tar"), { replace: true });
  await expect(restored).rejects.toMatchObject(unreachable);
  await query("DROP TABLE later");
  await bucket.back();
  expect((await readdir(bucket.folder)).filter((name) => name.includes(".tar"))).toEqual([
    "whole.tar",
  ]);
  const found = await files.store.read("store.id");
  expect(found && (await text(found.content)).trim()).toBe(await files.store.id());
});
