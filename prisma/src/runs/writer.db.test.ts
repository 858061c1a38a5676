import { beforeEach, expect, test } from "vitest";
import { queues } from "../queue.js";
import { RunMaker } from "../testing/runs.js";
import { testStore, testWorker } from "../testing/store.js";
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
    tokenUniformity: null,
    taskScores: [],
    timings: { trainSeconds: 1, fineTuneSeconds: 2, scoreSeconds: 1 },
  },
});

/** Claims candidates side by side. */
async function claimAll(runId: string, ids: readonly string[]) {
  const claims = await Promise.all(
    ids.map((id) =>
      writer.claim({ runId, workKey: `evaluate:${id}`, workerId, startedArchitecture: id }),
    ),
  );
  return claims.map((each) => {
    if (each === null) throw new Error("a candidate could not be claimed");
    return each.claim;
  });
}

/** Returns the number of transactions that have written events of a run. */
async function transactionsOf(runId: string): Promise<number> {
  const [row] = await db.$queryRaw<[{ count: number }]>`
    SELECT count(DISTINCT xmin::text)::int AS count FROM "RunEvent" WHERE "runId" = ${runId}::uuid`;
  return row.count;
}

test("claims and results of many slots share transactions, and the last result enqueues the next step", async () => {
  const keys = Array.from({ length: 12 }, (_, index) => `candidate ${index}`);
  const { runId, ids } = await runs.searchingRun(keys);
  const before = await transactionsOf(runId);
  const claims = await claimAll(runId, ids);
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

test("a replaced attempt among others is refused alone, and a missing run has nothing to claim", async () => {
  const { runId, ids } = await runs.searchingRun(["a", "b", "c", "d"]);
  const claims = await claimAll(runId, ids);
  const [, replaced] = ids;
  await claimAll(runId, replaced === undefined ? [] : [replaced]);
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
  expect(await writer.claim({ runId: missing, workKey: "evolve:0", workerId })).toBeNull();
});
