import { beforeEach, expect, test } from "vitest";
import { queues } from "../queue.js";
import { RunMaker } from "../testing/runs.js";
import { testStore, testWorker } from "../testing/store.js";
import { joinRun } from "./engines.js";
import { lockRun } from "./row.js";
import { RunWriter } from "./writer.js";

const { db, queue } = await testStore();
const workerId = testWorker.id;
const runs = new RunMaker(db, queue, workerId);
const writer = new RunWriter(db, queue);
beforeEach(async () => {
  await db.worker.upsert({ where: { id: workerId }, update: {}, create: testWorker });
});

const found = (architectureId: string, score: number) => ({
  architectureId,
  engine: "wasm",
  overheadSeconds: 0.02,
  result: {
    score,
    stability: "STABLE" as const,
    heldOutLoss: 5,
    heldOutAccuracy: 0.1,
    stepSeconds: 0.25,
    stepRatio: 1.5,
    tokenUniformity: null,
    taskScores: [],
    timings: { trainSeconds: 1, fineTuneSeconds: 2, scoreSeconds: 1 },
  },
});

const engine = "wasm on a processor";

/** Starts a run that searches for candidates with these keys, and for which `engine` has worked. */
async function searchingRun(keys: readonly string[]) {
  const run = await runs.searchingRun(keys);
  await joinRun(db, run.runId, engine);
  return run;
}

/** Begins candidates side by side. */
async function beginAll(runId: string, ids: readonly string[]) {
  const begun = await Promise.all(
    ids.map((architectureId) =>
      writer.begin(runId, { architectureId, workerId, engine, store: "a store" }),
    ),
  );
  return begun.map((each) => {
    if (each === null) throw new Error("a candidate could not be begun");
    return each.claim;
  });
}

/** Returns the number of transactions that have written events of a run. */
async function transactionsOf(runId: string): Promise<number> {
  const [row] = await db.$queryRaw<[{ count: number }]>`
    SELECT count(DISTINCT xmin::text)::int AS count FROM "RunEvent" WHERE "runId" = ${runId}::uuid`;
  return row.count;
}

test("beginnings and results of many slots share transactions, and the last result enqueues the next step", async () => {
  const keys = Array.from({ length: 12 }, (_, index) => `candidate ${index}`);
  const { runId, ids } = await searchingRun(keys);
  const before = await transactionsOf(runId);
  const claims = await beginAll(runId, ids);
  await Promise.all(
    claims.map((claim, index) => writer.record(claim, found(ids[index] ?? "", index))),
  );
  // Of each kind the first and those gathered behind it, and the result that closes the generation.
  expect((await transactionsOf(runId)) - before).toBeLessThanOrEqual(5);
  const events = await db.runEvent.findMany({ where: { runId }, orderBy: { seq: "asc" } });
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.filter(({ kind }) => kind === "candidate.started")).toHaveLength(12);
  expect(events.filter(({ kind }) => kind === "candidate.evaluated")).toHaveLength(12);
  expect(await db.generation.findMany({ where: { runId } })).toMatchObject([
    { evaluated: 12, bestScore: 11, meanScore: 5.5 },
  ]);
  const next = await queue.findJobs(queues.evolve, { queued: true });
  expect(next.map(({ data }) => data)).toContainEqual({ runId, generation: 1 });
});

test("a replaced attempt among others is refused alone, and a missing run has nothing to begin", async () => {
  const { runId, ids } = await searchingRun(["a", "b", "c", "d"]);
  const claims = await beginAll(runId, ids);
  const [, replaced] = ids;
  await beginAll(runId, replaced === undefined ? [] : [replaced]);
  const written = db.$transaction(async (tx) => {
    await lockRun(tx, runId);
    const writes = claims.map((claim, index) => writer.record(claim, found(ids[index] ?? "", 1)));
    return [Promise.allSettled(writes)];
  });
  const [results = []] = await Promise.all(await written);
  expect(results.map(({ status }) => status)).toEqual([
    "fulfilled",
    "rejected",
    "fulfilled",
    "fulfilled",
  ]);
  expect(results[1]).toMatchObject({ reason: { code: "ATTEMPT_REPLACED" } });
  const missing = "0199b1f0-0000-7000-8000-00000000dead";
  const wanted = { architectureId: ids[0] ?? "", workerId, engine, store: "a store" };
  expect(await writer.begin(missing, wanted)).toBeNull();
});

test("of candidates that are begun together those begin that nothing hinders", async () => {
  const { runId, ids } = await searchingRun(["a", "b", "c", "d", "e"]);
  const [done = "", failed = "", ofAnotherEngine = "", elsewhere = "", open = ""] = ids;
  const [claim] = await beginAll(runId, [done]);
  if (claim === undefined) throw new Error("nothing has begun");
  await writer.record(claim, found(done, 1));
  await db.architecture.update({ where: { id: failed }, data: { failureCode: "INTERNAL" } });
  await db.searchRun.update({ where: { id: runId }, data: { superNetStore: "a store" } });
  const wanted = { workerId, engine, store: "a store" };
  const begun = await Promise.all(
    [
      { ...wanted, architectureId: done },
      { ...wanted, architectureId: failed },
      { ...wanted, architectureId: ofAnotherEngine, engine: "another engine" },
      { ...wanted, architectureId: elsewhere, store: "another store" },
      { ...wanted, architectureId: open },
    ].map((each) => writer.begin(runId, each)),
  );
  expect(begun.slice(0, 4)).toEqual([null, null, null, null]);
  const { key, json } = await db.architecture.findUniqueOrThrow({ where: { id: open } });
  const work = { runId, workKey: `evaluate:${open}`, workerId, attempt: 1 };
  expect(begun[4]).toMatchObject({
    key,
    json,
    claim: work,
    run: { id: runId, phase: "SEARCHING" },
  });
  const attempts = await db.attempt.findMany({
    where: { runId, workKey: { contains: "evaluate" } },
  });
  expect(attempts.map(({ workKey }) => workKey).sort()).toEqual(
    [`evaluate:${done}`, work.workKey].sort(),
  );
  await db.searchRun.update({ where: { id: runId }, data: { status: "PAUSED" } });
  expect(await writer.begin(runId, { ...wanted, architectureId: open })).toBeNull();
});
