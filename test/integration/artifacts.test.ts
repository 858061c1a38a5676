/**
 * Damages the files of a running search, with real workers that really train: a search ends with the
 * same result as an undisturbed one, whatever is lost of its files.
 */
import { existsSync } from "node:fs";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { presetNamed, type SearchSettings } from "@opnas/core";
import { startRun } from "@opnas/prisma";
import { beforeAll, expect, test } from "vitest";
import { until } from "../support/until.js";
import { readTree } from "../support/readTree.js";
import { startTestWorkers } from "../support/testWorkers.js";

const { db, queue, dataFolder, startWorker } = await startTestWorkers("artifacts");
let worker: Awaited<ReturnType<typeof startWorker>>;
beforeAll(async () => {
  worker = await startWorker(1);
});

const { settings: smoke } = presetNamed("smoke");
const settings: SearchSettings = {
  ...smoke,
  population: 4,
  generations: 0,
  references: false,
  superNet: { ...smoke.superNet, steps: 30, checkpointEverySeconds: 0.3 },
  candidate: { ...smoke.candidate, steps: 120 },
};
const start = () => startRun(db, queue, { name: "test", seed: 7, preset: "smoke", settings });
const rowOf = (runId: string) => db.searchRun.findUniqueOrThrow({ where: { id: runId } });
const folderOf = (runId: string) => path.join(dataFolder, "artifacts", runId);
const scored = (runId: string) => db.evaluation.count({ where: { runId } });

async function finished(runId: string) {
  const run = await until("the run ends", 240, async () => {
    const row = await rowOf(runId);
    return ["DONE", "FAILED", "CANCELLED"].includes(row.status) && row;
  });
  expect(run).toMatchObject({ status: "DONE", error: null, progressDone: settings.population });
  return db.architecture.findMany({
    where: { runId },
    orderBy: { indexInGeneration: "asc" },
    select: { key: true, score: true, stability: true },
  });
}

/** Lists the checkpoints' folders that hold a whole checkpoint. */
async function checkpointed(runId: string): Promise<string[]> {
  const folder = path.join(folderOf(runId), "checkpoints");
  const names = existsSync(folder) ? await readTree(folder) : [];
  return names.filter((name) => name.endsWith(".safetensors")).map((name) => path.dirname(name));
}

let reference: Awaited<ReturnType<typeof finished>>;

test("a search names its super-net with its checksum and leaves no checkpoint", async () => {
  const { id } = await start();
  reference = await finished(id);
  const { superNetFile, superNetChecksum, superNetStore } = await rowOf(id);
  expect(superNetFile).toBe("super-net.1.safetensors");
  expect(superNetChecksum).toMatch(/^[\da-f]{64}$/);
  const store = await readFile(path.join(dataFolder, "artifacts", "store.id"), "utf8");
  expect(superNetStore).toBe(store.trim());
  expect(await checkpointed(id)).toEqual([]);
}, 240_000);

test("a super-net that is garbled, and then deleted, is trained again with the same result", async () => {
  const { id } = await start();
  const readable = (name: string) =>
    until(`${name} is published`, 120, async () => (await rowOf(id)).superNetFile === name);
  await readable("super-net.1.safetensors");
  const file = path.join(folderOf(id), "super-net.1.safetensors");
  const bytes = await readFile(file);
  for (let at = bytes.length >> 1; at < bytes.length; at += 4) bytes.writeUInt8(1, at);
  // At once, since a trainer that reads it meanwhile would find it cut off.
  await writeFile(`${file}.garbled`, bytes);
  await rename(`${file}.garbled`, file);
  await readable("super-net.2.safetensors");
  await rm(path.join(folderOf(id), "super-net.2.safetensors"));
  await readable("super-net.3.safetensors");
  expect(await finished(id)).toEqual(reference);
  const told = await db.runEvent.findMany({
    where: { runId: id, kind: "supernet.progress" },
    select: { payload: true },
  });
  const notes = JSON.stringify(told);
  expect(notes).toMatch(/trained again.*is not what was written/);
  expect(notes).toMatch(/trained again.*file is missing/);
  const files = await readdir(folderOf(id));
  expect(files.filter((name) => name.startsWith("super-net."))).toEqual([
    "super-net.3.safetensors",
  ]);
}, 240_000);

test("a candidate whose worker is killed goes on from its checkpoint, without the super-net", async () => {
  const { id } = await start();
  const [candidate = ""] = await until("a candidate has a checkpoint", 120, async () => {
    const found = (await checkpointed(id)).filter((name) => /^[\da-f-]{36}$/.test(name));
    return found.length > 0 && found;
  });
  const before = await scored(id);
  await worker.kill();
  // Without it, the next attempt can only come by a score from the checkpoint.
  const { superNetFile } = await rowOf(id);
  await rm(path.join(folderOf(id), superNetFile ?? ""));
  worker = await startWorker(1);
  await until("the candidate is scored", 120, async () => {
    return (await db.evaluation.count({ where: { architectureId: candidate } })) === 1;
  });
  expect(await scored(id)).toBeGreaterThan(before);
  const { attempt } = await db.evaluation.findFirstOrThrow({
    where: { architectureId: candidate },
  });
  expect(attempt).toBe(2);
  expect(await finished(id)).toEqual(reference);
  expect(await checkpointed(id)).toEqual([]);
}, 240_000);
