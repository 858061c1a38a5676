import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { S3Store } from "./s3Store.js";
import type { StoredFile } from "./store.js";
import { TestBucket } from "./testing/testBucket.js";

let bucket: TestBucket;
beforeEach(async () => void (bucket = await TestBucket.start()));
afterEach(() => bucket.end());

const machine: TestBucket["machine"] = (...named) => bucket.machine(...named);

async function publish(store: S3Store, name: string, content: string | Uint8Array): Promise<void> {
  const file = path.join(store.folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
  await store.publish(name);
}

test("a file that one machine publishes is read by another, in parts where it is large", async () => {
  const [first, second] = [machine("first"), machine("second")];
  const large = Buffer.alloc(12_000_000, "large ");
  await publish(first, "run/super-net.1.safetensors", large);
  const copy = await second.local("run/super-net.1.safetensors");
  expect(large.equals(await readFile(copy))).toBe(true);
  await first.publish("run/super-net.1.safetensors");
  await expect(first.publish("another")).rejects.toMatchObject({ code: "ENOENT" });
});

test("the server has a file whole, with its age, when it has answered", async () => {
  const store = machine("first");
  const names = Array.from({ length: 200 }, (_, index) => `file-${String(index)}`);
  const write = async (name: string) => {
    await store.write(name, Readable.from([Buffer.from("0123456789")]));
    await bucket.age(name, 2);
  };
  await Promise.all(names.map(write));
  const day = 24 * 3600 * 1000;
  const isOld = ({ modified }: StoredFile) => Date.now() - modified > day;
  const files = await store.list();
  expect(files.filter(isOld)).toHaveLength(names.length);
  expect(files.every(({ bytes }) => bytes === 10)).toBe(true);
});

test("a copy that is forgotten, since it is damaged, is read again", async () => {
  const [first, second] = [machine("first"), machine("second")];
  await publish(first, "file", "whole");
  const copy = await second.local("file");
  await writeFile(copy, "garbled");
  expect(await readFile(await second.local("file"), "utf8")).toBe("garbled");
  expect(await second.forget("file")).toBe(true);
  const again = await Promise.all(Array.from({ length: 5 }, () => second.local("file")));
  expect(new Set(again)).toEqual(new Set([copy]));
  expect(await readFile(copy, "utf8")).toBe("whole");
});

test("a file that is removed, or was never there, is missing on every machine", async () => {
  const [first, second] = [machine("first"), machine("second")];
  await publish(first, "file", "whole");
  await first.remove("file");
  for (const name of ["file", "another"]) {
    await expect(readFile(await second.local(name))).rejects.toMatchObject({ code: "ENOENT" });
  }
});

test("the cache keeps what was used last, within its size, and what may be in use", async () => {
  const [first, second] = [machine("first"), machine("second", 250)];
  for (const name of ["a", "b", "c"]) await publish(first, name, "x".repeat(100));
  const kept = async () => (await readdir(path.join(bucket.folder, "second", "cache"))).sort();
  const hour = 3600;
  const now = Date.now() / 1000;
  for (const [name, at] of [
    ["a", now - hour],
    ["b", now - 2 * hour],
  ] as const) {
    await utimes(await second.local(name), at, at);
  }
  await second.local("c");
  expect(await kept()).toEqual(["a", "c"]);
  await second.local("a");
  await second.local("b");
  expect(await kept()).toEqual(["a", "b", "c"]);
});

test("machines that begin at once give the bucket one id, also where a killed one left an empty one", async () => {
  const ids = await Promise.all(["first", "second", "third"].map((name) => machine(name).id()));
  expect(new Set(ids).size).toBe(1);
  const client = new S3Client({ forcePathStyle: true });
  const place = { Bucket: "bucket", Key: "opnas/artifacts/store.id" };
  await client.send(new PutObjectCommand({ ...place, Body: "" }));
  const given = await machine("fourth").id();
  expect(given).toMatch(/^[0-9a-f-]{36}$/);
  expect(await machine("fifth").id()).toBe(given);
  await client.send(new PutObjectCommand({ ...place, Body: "another program's" }));
  await expect(machine("sixth").id()).rejects.toMatchObject({ code: "ARTIFACTS_UNREACHABLE" });
  client.destroy();
});

test("a bucket that does not exist, or a server that is away, is told from a missing file", async () => {
  const unreachable = { code: "ARTIFACTS_UNREACHABLE", kind: "machine" };
  const unknown = machine("first", 1e9, "no-such-bucket");
  await expect(publish(unknown, "file", "whole")).rejects.toMatchObject(unreachable);
  await expect(unknown.id()).rejects.toThrow("s3://no-such-bucket/opnas/artifacts");
  vi.stubEnv("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
  await expect(machine("second").local("file")).rejects.toMatchObject(unreachable);
});

test("a worker learns of a store's id, which no other store of that name has", async () => {
  const [first, second] = [machine("first"), machine("second")];
  const id = await first.id();
  expect(id).toMatch(/^[\da-f-]{36}$/);
  expect(await second.id()).toBe(id);
  await second.remove("store.id");
  expect(await machine("third").id()).not.toBe(id);
});

test("a result that is finished while the server is away is published once it is back", async () => {
  const [first, second] = [machine("first"), machine("second")];
  const id = await first.id();
  await bucket.away();
  await expect(publish(first, "file", "whole")).rejects.toMatchObject({
    code: "ARTIFACTS_UNREACHABLE",
  });
  await bucket.back();
  await first.publish("file");
  expect(await readFile(await second.local("file"), "utf8")).toBe("whole");
  expect(await second.id()).toBe(id);
});
