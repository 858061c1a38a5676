import { bertBase, presetNamed } from "@opnas/core";
import { beforeEach, expect, test } from "vitest";
import { queues } from "../queue.js";
import { testStore, testWorker } from "../testing/store.js";
import { claimWork, type WorkClaim } from "./claim.js";
import { recordGeneration } from "./generation.js";
import { startRun } from "./lifecycle.js";
import { finishSuperNet, requestSuperNet } from "./superNet.js";

const { db, queue } = await testStore();
beforeEach(async () => {
  await db.worker.upsert({ where: { id: testWorker.id }, update: {}, create: testWorker });
});

const { settings } = presetNamed("smoke");
const artifact = (attempt: number) => ({
  file: `super-net.${String(attempt)}.safetensors`,
  checksum: `checksum ${String(attempt)}`,
  store: "a store",
});
const result = { steps: 60, seconds: 3, engine: "wasm", candidates: 12 };

async function claimed(runId: string, workKey: string): Promise<WorkClaim> {
  const taken = await claimWork(db, { runId, workKey, workerId: testWorker.id });
  if (taken === null) throw new Error(`${workKey} could not be claimed`);
  return taken.claim;
}

/** Creates a run with a trained super-net and one open candidate; returns its claims. */
async function searchingRun() {
  const { id } = await startRun(db, queue, { name: "a run", seed: 7, preset: "smoke", settings });
  const superNet = await claimed(id, "superNet");
  await finishSuperNet(db, queue, superNet, { ...result, artifact: artifact(1) });
  const candidate = {
    architecture: bertBase,
    key: "a",
    name: "a",
    params: 10,
    flops: 20,
    parentKey: null,
    mutation: null,
  };
  const generation = { index: 0, candidates: [candidate], priorities: [] };
  await recordGeneration(db, queue, await claimed(id, "evolve:0"), generation);
  const { id: architectureId } = await db.architecture.findFirstOrThrow({ where: { runId: id } });
  const evaluate = await claimed(id, `evaluate:${architectureId}`);
  await queue.deleteAllJobs(queues.trainer);
  await queue.deleteAllJobs(queues.evolve);
  return { id, architectureId, superNet, evaluate };
}

const rowOf = (id: string) => db.searchRun.findUniqueOrThrow({ where: { id } });
async function jobs(name: string): Promise<unknown[]> {
  return (await queue.fetch(name, { batchSize: 10 })).map(({ data }) => data);
}
async function events(runId: string, kind: string) {
  return db.runEvent.findMany({ where: { runId, kind }, select: { payload: true } });
}

test("a super-net's end that is written twice is told once", async () => {
  const { id, superNet } = await searchingRun();
  await finishSuperNet(db, queue, superNet, { ...result, artifact: artifact(1) });
  expect(await events(id, "supernet.finished")).toHaveLength(1);
  expect(await jobs(queues.trainer)).toEqual([]);
  const { file, checksum, store } = artifact(1);
  expect(await rowOf(id)).toMatchObject({
    superNetFile: file,
    superNetChecksum: checksum,
    superNetStore: store,
  });
});

test("a super-net that cannot be used is asked for once, with the reason", async () => {
  const { id, evaluate } = await searchingRun();
  const unusable = { file: artifact(1).file, reason: "Its file is missing." };
  for (let times = 0; times < 2; times++) await requestSuperNet(db, queue, evaluate, unusable);
  expect(await rowOf(id)).toMatchObject({ phase: "SUPERNET", superNetFile: null, progressDone: 0 });
  expect(await jobs(queues.trainer)).toEqual([{ kind: "superNet", runId: id }]);
  const told = await events(id, "supernet.progress");
  expect(told).toHaveLength(1);
  expect(JSON.stringify(told)).toContain("trained again. Its file is missing.");
});

test("open candidates go on once the super-net was trained again", async () => {
  const { id, architectureId, evaluate } = await searchingRun();
  const unusable = { file: artifact(1).file, reason: "It is damaged." };
  await requestSuperNet(db, queue, evaluate, unusable);
  await jobs(queues.trainer);
  const again = await claimed(id, "superNet");
  await finishSuperNet(db, queue, again, { ...result, artifact: artifact(2) });
  expect(await rowOf(id)).toMatchObject({ phase: "SEARCHING", progressTotal: 12 });
  expect(await jobs(queues.trainer)).toEqual([{ kind: "evaluate", runId: id, architectureId }]);
  expect(await jobs(queues.evolve)).toEqual([]);
  // A candidate that read the first file gets the second, and nothing is trained a third time.
  const run = await requestSuperNet(db, queue, evaluate, unusable);
  expect(run).toMatchObject({ phase: "SEARCHING", superNetFile: artifact(2).file });
});

test("a replaced attempt can neither name its super-net nor ask for another", async () => {
  const { id, architectureId, superNet, evaluate } = await searchingRun();
  await claimed(id, "superNet");
  await claimed(id, `evaluate:${architectureId}`);
  const late = finishSuperNet(db, queue, superNet, { ...result, artifact: artifact(9) });
  await expect(late).rejects.toMatchObject({ code: "ATTEMPT_REPLACED" });
  const asked = requestSuperNet(db, queue, evaluate, { file: artifact(1).file, reason: "" });
  await expect(asked).rejects.toMatchObject({ code: "ATTEMPT_REPLACED" });
  expect(await rowOf(id)).toMatchObject({ superNetFile: artifact(1).file });
});
