import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { testServer } from "../testing/client.js";
import { archivedSearch, download, superNetOf, upload } from "./testing/archivedSearch.js";
import { tampered } from "./testing/tampered.js";
import { unpacked } from "./testing/unpacked.js";

const folder = await mkdtemp(path.join(tmpdir(), "opnas-archived-"));
afterAll(() => rm(folder, { recursive: true }));
const storeIn = (name: string) => ({ kind: "folder" as const, folder: path.join(folder, name) });
const first = await testServer(await testDatabase(), { artifacts: storeIn("first") });
const second = await testServer(await testDatabase(), { artifacts: storeIn("second") });
afterAll(() => Promise.all([first.stop(), second.stop()]));

// More than a stream has in one part.
const weights = Buffer.alloc(3_000_000, "weights ");
const both = "?artifacts=super-net,models";
let runId = "";
let model = "";

beforeAll(async () => {
  runId = await archivedSearch(first);
  const { artifact } = await first.services.database.pretraining.findFirstOrThrow();
  model = z.string().parse(artifact?.replace("/data/artifacts/", ""));
  await write(superNetOf(runId), weights);
  await write(`${model}/model.safetensors`, weights.subarray(8));
  await write(`${model}/config.json`, "{}");
});

async function write(name: string, content: Buffer | string): Promise<void> {
  const file = path.join(folder, "first", name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
}

const storedIn = async (name: string) => {
  const entries = await readdir(path.join(folder, name), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files
    .map((entry) => path.relative(path.join(folder, name), path.join(entry.parentPath, entry.name)))
    .filter((file) => file !== "store.id")
    .sort();
};

test("an import that fails leaves no artifact behind", async () => {
  await mkdir(path.join(folder, "second"), { recursive: true });
  const archive = await download(first, runId, {}, both);
  const stranger = `artifacts/trainings/${runId}/attempt-1/model.safetensors`;
  const hostile = await tampered(archive, { files: { [stranger]: () => "x" } });
  expect(await upload(second, hostile)).toMatchObject({ status: 400 });
  expect(await storedIn("second")).toEqual([]);
  expect(await second.services.database.searchRun.count()).toBe(0);
});

test("super-net and models go along where they are asked for, to the store of the platform that imports", async () => {
  const archive = await download(first, runId, {}, both);
  const artifacts = [
    `artifacts/${superNetOf(runId)}`,
    `artifacts/${model}/config.json`,
    `artifacts/${model}/model.safetensors`,
  ];
  const names = [...unpacked(archive).keys()].filter((name) => name.startsWith("run/artifacts/"));
  expect(names).toEqual(artifacts.map((name) => `run/${name}`));
  expect(String(unpacked(archive).get("run/README.md"))).toContain(`\`${artifacts[0] ?? ""}\``);
  expect(await upload(second, archive)).toMatchObject({ status: 201, answer: { artifacts } });
  expect(await storedIn("second")).toEqual(await storedIn("first"));
  const copy = await readFile(path.join(folder, "second", superNetOf(runId)));
  expect(copy.equals(weights)).toBe(true);
  const { database } = second.services;
  const { superNetStore } = await database.searchRun.findUniqueOrThrow({ where: { id: runId } });
  const id = (await readFile(path.join(folder, "second", "store.id"), "utf8")).trim();
  expect(superNetStore).toBe(id);
  const { artifact } = await database.pretraining.findFirstOrThrow();
  expect(artifact).toBe(`${path.join(folder, "second")}/${model}`);
  const again = await download(second, runId, {}, both);
  for (const [name, content] of unpacked(archive)) {
    if (name === "run/manifest.json") continue;
    expect([name, unpacked(again).get(name)?.equals(content)]).toEqual([name, true]);
  }
});

test("a super-net that is not there, and artifacts of another kind, are refused in a sentence", async () => {
  await expect(download(first, runId, {}, "?artifacts=text")).rejects.toThrow(
    "super-net and models",
  );
  await rm(path.join(folder, "first", superNetOf(runId)));
  await expect(download(first, runId, {}, both)).rejects.toThrow("has no super-net");
});
