import { beforeAll, expect, test } from "vitest";
import { defaultPretraining, presetNamed, pretrainSettingsSchema } from "@opnas/core";
import {
  cancelPretraining,
  resumePretraining,
  startPretraining,
} from "../pretrainings/lifecycle.js";
import { RunMaker } from "../testing/runs.js";
import { testStore, testWorker } from "../testing/store.js";
import { reportWorker } from "../workers.js";
import { extendRun } from "./extend.js";
import { changeRunState, startRun } from "./lifecycle.js";
import { purgeableRuns, purgeRun } from "./purge.js";
import { archiveRun, deleteRun, restoreRun } from "./visibility.js";

const { db, queue } = await testStore();
const maker = new RunMaker(db, queue, testWorker.id);
beforeAll(() => reportWorker(db, testWorker));

const wrong = { code: "WRONG_STATE" };

/** Stores a run with an evaluated and an open candidate, a pre-training and statistics, and cancels it. */
async function endedRun() {
  const { runId, ids } = await maker.searchingRun(["a", "b"]);
  const [first = "", second = ""] = ids;
  await maker.evaluate(runId, first, 50);
  await db.architecture.update({ where: { id: second }, data: { parentId: first } });
  await db.operationStatistic.create({
    data: {
      runId,
      generation: 0,
      kind: "operation",
      position: 0,
      operation: "add",
      count: 1,
      meanScore: 50,
      ucb: 60,
      probability: 1,
    },
  });
  const settings = defaultPretraining(presetNamed("smoke").settings.size);
  const { id } = await startPretraining(db, queue, { architectureId: first, seed: 1, settings });
  await db.pretrainingMetric.create({
    data: {
      pretrainingId: id,
      step: 1,
      loss: 2,
      maskedLoss: 1,
      nextSentenceLoss: 1,
      learningRate: 0.1,
      tokensPerSecond: 5,
    },
  });
  await cancelPretraining(db, id);
  await changeRunState(db, queue, runId, "cancel");
  return { runId, first, pretrainingId: id };
}

/** Reads all rows of a run. */
async function rowsOf(runId: string) {
  const where = { runId };
  const ofRun = { architecture: where };
  return {
    run: await db.searchRun.findMany({ where: { id: runId } }),
    generations: await db.generation.findMany({ where, orderBy: { id: "asc" } }),
    architectures: await db.architecture.findMany({ where, orderBy: { id: "asc" } }),
    evaluations: await db.evaluation.findMany({ where, orderBy: { id: "asc" } }),
    statistics: await db.operationStatistic.findMany({ where }),
    events: await db.runEvent.findMany({ where, orderBy: { seq: "asc" } }),
    attempts: await db.attempt.findMany({ where, orderBy: { workKey: "asc" } }),
    pretrainings: await db.pretraining.findMany({ where: ofRun }),
    metrics: await db.pretrainingMetric.findMany({ where: { pretraining: ofRun } }),
  };
}

async function jobsOf(runId: string, pretrainingId: string): Promise<number> {
  const [{ jobs }] = await db.$queryRaw<[{ jobs: number }]>`
    SELECT count(*)::int AS jobs FROM pgboss.job
     WHERE data->>'runId' = ${runId} OR data->>'trainingId' = ${pretrainingId}`;
  return jobs;
}

test("an archived run comes back unchanged, and each move is an event", async () => {
  const { runId } = await endedRun();
  const before = await rowsOf(runId);
  const archived = await archiveRun(db, runId);
  expect(archived.archivedAt).toBeInstanceOf(Date);
  expect(await archiveRun(db, runId)).toEqual(archived);
  const restored = await restoreRun(db, runId);
  expect(await restoreRun(db, runId)).toEqual(restored);

  const after = await rowsOf(runId);
  const moves = after.events.splice(before.events.length).map(({ payload }) => payload);
  expect(moves).toEqual([{ visibility: "ARCHIVED" }, { visibility: "CURRENT" }]);
  expect(after.run[0]?.lastSeq).toBe((before.run[0]?.lastSeq ?? 0) + 2);
  expect({ ...after, run: [] }).toEqual({ ...before, run: [] });
  expect({ ...after.run[0], lastSeq: 0 }).toEqual({ ...before.run[0], lastSeq: 0 });
});

test("a live run is neither archived nor deleted, and a hidden one does not go on", async () => {
  const live = await startRun(db, queue, {
    name: "live",
    seed: 1,
    preset: "smoke",
    settings: presetNamed("smoke").settings,
  });
  await expect(archiveRun(db, live.id)).rejects.toMatchObject(wrong);
  await expect(deleteRun(db, live.id)).rejects.toMatchObject(wrong);
  await changeRunState(db, queue, live.id, "cancel");
  await archiveRun(db, live.id);
  await expect(changeRunState(db, queue, live.id, "resume")).rejects.toMatchObject(wrong);
  await db.searchRun.update({ where: { id: live.id }, data: { status: "DONE" } });
  await expect(extendRun(db, queue, live.id, 1)).rejects.toMatchObject(wrong);
  await deleteRun(db, live.id);
  await expect(archiveRun(db, live.id)).rejects.toMatchObject(wrong);
});

test("a run is not deleted while an architecture of it is pre-trained, nor the other way round", async () => {
  const { runId, first, pretrainingId } = await endedRun();
  await resumePretraining(db, queue, pretrainingId);
  await expect(deleteRun(db, runId)).rejects.toMatchObject(wrong);
  await cancelPretraining(db, pretrainingId);
  await deleteRun(db, runId);
  await expect(resumePretraining(db, queue, pretrainingId)).rejects.toMatchObject(wrong);
  const { seed, settings } = await db.pretraining.findUniqueOrThrow({
    where: { id: pretrainingId },
  });
  const again = { architectureId: first, seed, settings: pretrainSettingsSchema.parse(settings) };
  await expect(startPretraining(db, queue, again)).rejects.toMatchObject(wrong);
});

test("a deleted run's rows and jobs go completely after its days, and nothing of another run", async () => {
  const kept = await endedRun();
  const gone = await endedRun();
  const before = await rowsOf(kept.runId);
  const jobs = await jobsOf(kept.runId, kept.pretrainingId);
  await deleteRun(db, gone.runId);

  expect(await purgeableRuns(db, 7)).toEqual([]);
  expect(await purgeRun(db, gone.runId, 7)).toBe(false);
  await db.$executeRaw`
    UPDATE "SearchRun" SET "deletedAt" = "deletedAt" - interval '8 days'
     WHERE id = ${gone.runId}::uuid`;
  expect(await purgeableRuns(db, 7)).toEqual([gone.runId]);
  expect(await purgeRun(db, kept.runId, 0)).toBe(false);
  expect(await purgeRun(db, gone.runId, 7)).toBe(true);

  for (const rows of Object.values(await rowsOf(gone.runId))) expect(rows).toEqual([]);
  expect(await jobsOf(gone.runId, gone.pretrainingId)).toBe(0);
  expect(await rowsOf(kept.runId)).toEqual(before);
  expect(await jobsOf(kept.runId, kept.pretrainingId)).toBe(jobs);
  expect(jobs).toBeGreaterThan(0);
  await expect(restoreRun(db, gone.runId)).rejects.toMatchObject({ code: "NOT_FOUND" });
});
