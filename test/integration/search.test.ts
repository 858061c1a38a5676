/**
 * Runs whole searches with real workers that really train, on a real Postgres: the result of a search
 * depends neither on the number of workers nor on which of them were killed on the way.
 */
import { rm } from "node:fs/promises";
import path from "node:path";
import { presetNamed, referenceBackbones } from "@opnas/core";
import { changeRunState, startReproduction, startRun, workerSilenceSeconds } from "@opnas/prisma";
import { afterEach, expect, test } from "vitest";
import { searchResult } from "../support/searchResult.js";
import { until } from "../support/until.js";
import { startTestWorkers } from "../support/testWorkers.js";

const { db, queue, dataFolder, startWorker, stopWorkers } = await startTestWorkers("search");
afterEach(stopWorkers);

const { settings } = presetNamed("smoke");

const start = (changed = settings) =>
  startRun(db, queue, { name: "test", seed: 7, preset: "smoke", settings: changed });

async function finished(runId: string): Promise<void> {
  const run = await until("the run ends", 240, async () => {
    const row = await db.searchRun.findUniqueOrThrow({ where: { id: runId } });
    return ["DONE", "FAILED", "CANCELLED"].includes(row.status) && row;
  });
  expect(run).toMatchObject({ status: "DONE", error: null });
}

let reference: Awaited<ReturnType<typeof searchResult>>;

test("a search runs to its end and scores every candidate of every generation", async () => {
  await startWorker(1);
  const run = await start();
  await finished(run.id);
  reference = await searchResult(db, run.id);
  const expected =
    settings.population + settings.generations * settings.parents * settings.childrenPerParent;
  expect(reference.candidates).toHaveLength(expected);
  for (const { scores } of reference.candidates) expect(scores).toHaveLength(1);
  expect(new Set(reference.candidates.map(({ key }) => key)).size).toBe(expected);
  expect(reference.candidates.some(({ parent }) => parent !== null)).toBe(true);
  expect(reference.priorities.length).toBeGreaterThan(0);
  expect(reference.references.map((row) => row.reference)).toEqual(
    referenceBackbones(settings.size.layers).map((each) => each.reference),
  );
  for (const { scores } of reference.references) expect(scores).toHaveLength(1);
}, 300_000);

test("an evaluation that is made again is equal to the last bit, and says so when its super-net is gone", async () => {
  const run = await start({ ...settings, generations: 0 });
  await startWorker(1);
  await finished(run.id);
  const { id: architectureId } = await db.architecture.findFirstOrThrow({
    where: { runId: run.id, reference: null },
  });
  const reproduced = async () => {
    const { id } = await startReproduction(db, queue, architectureId);
    return until("it is evaluated again", 120, async () => {
      const row = await db.reproduction.findUniqueOrThrow({ where: { id } });
      return (row.status === "DONE" || row.status === "FAILED") && row;
    });
  };
  const stored = await db.evaluation.findFirstOrThrow({ where: { architectureId } });
  const { score, heldOutLoss, heldOutAccuracy, tokenUniformity, taskScores } = stored;
  const expected = { score, heldOutLoss, heldOutAccuracy, tokenUniformity, taskScores };
  expect(await reproduced()).toMatchObject({ status: "DONE", result: expected });

  const { superNetFile } = await db.searchRun.findUniqueOrThrow({ where: { id: run.id } });
  await rm(path.join(dataFolder, "artifacts", run.id, superNetFile ?? ""));
  const { status, error } = await reproduced();
  expect({ status, error }).toMatchObject({
    status: "FAILED",
    error: { code: "CORRUPT_ARTIFACT" },
  });
  expect(JSON.stringify(error)).toContain("clone the run with the same seed");
  await finished(run.id);
}, 300_000);

test("a search without references finds the same candidates", async () => {
  await startWorker(2);
  const run = await start({ ...settings, references: false });
  await finished(run.id);
  expect(await searchResult(db, run.id)).toEqual({ ...reference, references: [] });
}, 300_000);

test("two workers with two trainers each find the same architectures with the same scores", async () => {
  await Promise.all([startWorker(2), startWorker(2)]);
  const run = await start();
  await finished(run.id);
  expect(await searchResult(db, run.id)).toEqual(reference);
}, 300_000);

test("a search whose workers are killed within the super-net and within a generation, and whose jobs vanish, ends with the same result", async () => {
  const run = await start();
  const phase = async () => {
    const row = await db.searchRun.findUniqueOrThrow({ where: { id: run.id } });
    return row;
  };
  const first = await startWorker(2);
  await until("the super-net trains", 120, async () => {
    const { phase: now, progressDone } = await phase();
    return now === "SUPERNET" && progressDone > 0;
  });
  await first.kill();
  const second = await startWorker(2);
  await until("a first candidate is scored", 120, async () => {
    return (await db.evaluation.count({ where: { runId: run.id } })) > 0;
  });
  await second.kill();
  await db.$executeRaw`DELETE FROM pgboss.job`;
  await startWorker(2);
  await finished(run.id);
  expect(await searchResult(db, run.id)).toEqual(reference);

  const events = await db.runEvent.findMany({
    where: { runId: run.id },
    orderBy: { seq: "asc" },
    select: { seq: true },
  });
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
}, 300_000);

test("a paused search evaluates nothing, and ends with the same result once it is resumed", async () => {
  await startWorker(2);
  const run = await start();
  await until("a first candidate is scored", 120, async () => {
    return (await db.evaluation.count({ where: { runId: run.id } })) > 0;
  });
  await changeRunState(db, queue, run.id, "pause");
  await until("every worker is idle", 30, async () => {
    const heardOf = new Date(Date.now() - workerSilenceSeconds * 1000);
    const busy = await db.worker.count({
      where: { status: "busy", lastSeenAt: { gt: heardOf } },
    });
    return busy === 0;
  });
  const atPause = await db.evaluation.count({ where: { runId: run.id } });
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect(await db.evaluation.count({ where: { runId: run.id } })).toBe(atPause);
  await changeRunState(db, queue, run.id, "resume");
  await finished(run.id);
  expect(await searchResult(db, run.id)).toEqual(reference);
}, 300_000);

test("a cancelled search ends within seconds and leaves its workers free", async () => {
  await startWorker(1);
  const run = await start();
  await until("the super-net trains", 120, async () => {
    const row = await db.searchRun.findUniqueOrThrow({ where: { id: run.id } });
    return row.phase === "SUPERNET" && row.progressDone > 0;
  });
  await changeRunState(db, queue, run.id, "cancel");
  await until("the worker is idle", 15, async () => {
    const { status } = await db.worker.findFirstOrThrow({ orderBy: { startedAt: "desc" } });
    return status === "idle";
  });
  expect(await db.architecture.count({ where: { runId: run.id } })).toBe(0);
}, 120_000);
