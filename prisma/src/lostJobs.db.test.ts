import { bertBase, defaultPretraining, presetNamed } from "@opnas/core";
import { PgBoss } from "pg-boss";
import { beforeEach, expect, test } from "vitest";
import { restoreLostJobs } from "./lostJobs.js";
import { startPretraining } from "./pretrainings/lifecycle.js";
import { openQueue, queues } from "./queue.js";
import { claimWork } from "./runs/claim.js";
import { recordGeneration } from "./runs/generation.js";
import { changeRunState, startRun } from "./runs/lifecycle.js";
import { finishSuperNet } from "./runs/superNet.js";
import { testDatabase } from "./testing/index.js";
import { testStore, testWorker } from "./testing/store.js";

const { db, queue } = await testStore();
const workerId = testWorker.id;
const preset = presetNamed("smoke");
const { settings } = preset;

beforeEach(async () => {
  await db.searchRun.deleteMany();
  await db.worker.upsert({ where: { id: workerId }, update: {}, create: testWorker });
});

const newRun = () => startRun(db, queue, { name: "a run", seed: 7, preset: preset.name, settings });
const loseAllJobs = () => db.$executeRaw`DELETE FROM pgboss.job`;
const waiting = async (name: string) =>
  (await queue.findJobs(name, { queued: true })).map(({ data }) => data);

async function claimed(runId: string, workKey: string) {
  const taken = await claimWork(db, { runId, workKey, workerId });
  if (taken === null) throw new Error(`${workKey} could not be claimed`);
  return taken.claim;
}

/** Creates a run whose super-net is trained. */
async function searchingRun() {
  const run = await newRun();
  const superNet = { steps: 1, seconds: 1, engine: "wasm", candidates: 12 };
  await finishSuperNet(db, queue, await claimed(run.id, "superNet"), superNet);
  return run;
}

/** Stores a first generation of two candidates. */
async function withGeneration(runId: string) {
  const candidates = ["a", "b"].map((key) => ({
    architecture: bertBase,
    key,
    name: key,
    params: 1,
    flops: 1,
    parentKey: null,
    mutation: null,
  }));
  const claim = await claimed(runId, "evolve:0");
  await recordGeneration(db, queue, claim, { index: 0, candidates, priorities: [] });
  return db.architecture.findMany({ where: { runId }, orderBy: { indexInGeneration: "asc" } });
}

test("a super-net whose job was lost gets one back, once", async () => {
  const run = await newRun();
  await loseAllJobs();
  expect(await restoreLostJobs(db, queue)).toBe(1);
  expect(await restoreLostJobs(db, queue)).toBe(0);
  expect(await waiting(queues.trainer)).toMatchObject([{ kind: "superNet", runId: run.id }]);
});

test("an evolve step whose job was lost gets one back", async () => {
  const run = await searchingRun();
  await loseAllJobs();
  await restoreLostJobs(db, queue);
  expect(await waiting(queues.evolve)).toMatchObject([{ runId: run.id, generation: 0 }]);
  expect(await waiting(queues.trainer)).toEqual([]);
});

test("of a generation only the candidates without a job get one", async () => {
  const run = await searchingRun();
  await loseAllJobs();
  const [first, second] = await withGeneration(run.id);
  // One job is being worked on, the other is lost.
  const [active] = await queue.fetch<{ architectureId: string }>(queues.trainer);
  await db.$executeRaw`DELETE FROM pgboss.job WHERE state = 'created'`;
  expect(await restoreLostJobs(db, queue)).toBe(1);
  const lost = active?.data.architectureId === first?.id ? second?.id : first?.id;
  expect(await waiting(queues.trainer)).toMatchObject([{ kind: "evaluate", architectureId: lost }]);
});

test("a pre-training whose job was lost gets one back", async () => {
  const run = await searchingRun();
  const [architecture] = await withGeneration(run.id);
  await changeRunState(db, queue, run.id, "pause");
  const pretraining = await startPretraining(db, queue, {
    architectureId: architecture?.id ?? "",
    seed: 1,
    settings: defaultPretraining(settings.size),
  });
  await loseAllJobs();
  expect(await restoreLostJobs(db, queue)).toBe(1);
  const job = { kind: "pretrain", trainingId: pretraining.id };
  expect(await waiting(queues.trainer)).toMatchObject([job]);
});

test("a reproduction whose job was lost gets one back", async () => {
  const run = await searchingRun();
  const [candidate] = await withGeneration(run.id);
  const { id } = await db.reproduction.create({ data: { architectureId: candidate?.id ?? "" } });
  await changeRunState(db, queue, run.id, "pause");
  await loseAllJobs();
  expect(await restoreLostJobs(db, queue)).toBe(1);
  expect(await waiting(queues.trainer)).toEqual([{ kind: "reproduce", reproductionId: id }]);
  expect(await restoreLostJobs(db, queue)).toBe(0);
});

test("a paused run gets no job", async () => {
  const run = await newRun();
  await changeRunState(db, queue, run.id, "pause");
  await loseAllJobs();
  expect(await restoreLostJobs(db, queue)).toBe(0);
});

test("workers that look for lost jobs at once restore each job once", async () => {
  await newRun();
  await loseAllJobs();
  const restored = await Promise.all(Array.from({ length: 4 }, () => restoreLostJobs(db, queue)));
  expect(restored.reduce((sum, each) => sum + each, 0)).toBe(1);
});

test("queues of an older version get the settings of this one", async () => {
  const url = await testDatabase();
  const older = new PgBoss({ connectionString: url, schedule: false, supervise: false });
  await older.start();
  await older.createQueue(queues.dead);
  await older.createQueue(queues.trainer, { policy: "short", retryLimit: 1 });
  await older.send(queues.trainer, { kind: "pretrain" }, { singletonKey: "old" });
  await older.stop({ graceful: false });

  const errors: Error[] = [];
  const opened = await openQueue(url, { supervise: false, onError: (error) => errors.push(error) });
  const settled = await opened.getQueue(queues.trainer);
  const [job] = await opened.findJobs(queues.trainer);
  await opened.stop({ graceful: false });
  expect(settled).toMatchObject({ policy: "short", heartbeatSeconds: 10, deadLetter: "dead" });
  const year = 365 * 24 * 3600;
  expect(settled?.retentionSeconds).toBeGreaterThan(year);
  expect((job?.keepUntil.getTime() ?? 0) - (job?.createdOn.getTime() ?? 0)).toBeGreaterThan(
    year * 1000,
  );
  expect(errors).toEqual([]);
});
