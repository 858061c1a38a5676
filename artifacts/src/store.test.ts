import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, expect, test } from "vitest";
import { type ArtifactStore, type ByteRange, FolderStore } from "./store.js";
import { TestBucket } from "./testing/testBucket.js";

const folder = await mkdtemp(path.join(tmpdir(), "opnas-store-"));
const bucket = await TestBucket.start();
afterAll(async () => {
  await bucket.end();
  await rm(folder, { recursive: true });
});

/** Reads a file, or a part of it, with the number of bytes that the store says. */
async function read(store: ArtifactStore, name: string, range?: ByteRange) {
  const found = await store.read(name, range);
  return found && { bytes: found.bytes, text: await text(found.content) };
}

test("a folder and a bucket give a file, the part that is asked for, or none", async () => {
  await writeFile(path.join(folder, "file"), "0123456789");
  await writeFile(path.join(folder, "empty"), "");
  const local = new FolderStore(folder);
  const remote = bucket.machine("one");
  for (const name of ["file", "empty"]) {
    await remote.share(name, { file: path.join(folder, name) });
  }
  for (const store of [local, remote]) {
    expect(await read(store, "file")).toEqual({ bytes: 10, text: "0123456789" });
    expect(await read(store, "file", { first: 7, last: 9 })).toEqual({ bytes: 3, text: "789" });
    expect(await read(store, "file", { first: 0, last: 1 })).toEqual({ bytes: 2, text: "01" });
    expect(await read(store, "empty")).toEqual({ bytes: 0, text: "" });
    expect(await read(store, "gone", { first: 0, last: 1 })).toBeUndefined();
  }
});
