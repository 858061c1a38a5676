import { Readable } from "node:stream";
import { openStore } from "@opnas/artifacts";
import { TestBucket } from "@opnas/artifacts/testing";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { testServer } from "../testing/client.js";
import { archivedSearch, download, superNetOf, upload } from "./testing/archivedSearch.js";
import { tampered } from "./testing/tampered.js";
import { unpacked } from "./testing/unpacked.js";

const bucket = await TestBucket.start();
const placeOf = (name: string) => {
  return {
    kind: "s3" as const,
    bucket: "bucket",
    prefix: `opnas/artifacts/${name}`,
    cacheBytes: 1e9,
  };
};
const first = await testServer(await testDatabase(), { artifacts: placeOf("first") });
const second = await testServer(await testDatabase(), { artifacts: placeOf("second") });
afterAll(async () => {
  await Promise.all([first.stop(), second.stop()]);
  await bucket.end();
});

// More than an upload has in one part.
const weights = Buffer.alloc(12_000_000, "weights ");
const both = "?artifacts=super-net,models";
let runId = "";
let model = "";

beforeAll(async () => {
  runId = await archivedSearch(first);
  const { artifact } = await first.services.database.pretraining.findFirstOrThrow();
  model = z.string().parse(artifact?.replace("/data/artifacts/", ""));
  const store = await openStore({ artifacts: placeOf("first"), dataFolder: bucket.folder });
  const write = (name: string, content: Buffer | string) =>
    store.write(name, Readable.from([Buffer.from(content)]));
  await write(superNetOf(runId), weights);
  await write(`${model}/weights.safetensors`, weights.subarray(8));
  await write(`${model}/model.json`, "{}");
  store.end();
});

const storedOf = async (name: string) =>
  (await bucket.names())
    .filter((object) => object.startsWith(`${name}/`))
    .map((object) => object.slice(name.length + 1))
    .filter((object) => object !== "store.id");

test("an import that fails leaves nothing in the bucket", async () => {
  const archive = await download(first, runId, {}, both);
  const stranger = `artifacts/trainings/${runId}/attempt-1/weights.safetensors`;
  const hostile = await tampered(archive, { files: { [stranger]: () => "x" } });
  expect(await upload(second, hostile)).toMatchObject({ status: 400 });
  expect(await storedOf("second")).toEqual([]);
  expect(await second.services.database.searchRun.count()).toBe(0);
});

test("a search goes from bucket to bucket with its weights, and is the same archive there", async () => {
  const archive = await download(first, runId, {}, both);
  expect(await upload(second, archive)).toMatchObject({ status: 201 });
  const names = [superNetOf(runId), `${model}/model.json`, `${model}/weights.safetensors`];
  expect(await storedOf("second")).toEqual([...names].sort());
  const { artifact } = await second.services.database.pretraining.findFirstOrThrow();
  expect(artifact).toBe(`s3://bucket/opnas/artifacts/second/${model}`);
  const again = await download(second, runId, {}, both);
  for (const [name, content] of unpacked(archive)) {
    if (name === "run/manifest.json") continue;
    expect([name, unpacked(again).get(name)?.equals(content)]).toEqual([name, true]);
  }
});
