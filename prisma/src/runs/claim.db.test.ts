import { beforeEach, expect, test } from "vitest";
import { RunMaker } from "../testing/runs.js";
import { testStore, testWorker } from "../testing/store.js";
import { claimWork, wantedWork, writeUnderWorkClaim } from "./claim.js";
import { changeRunState } from "./lifecycle.js";
import { lockRun } from "./row.js";

const { db, queue } = await testStore();
const workerId = testWorker.id;
const runs = new RunMaker(db, queue, workerId);
beforeEach(async () => {
  await db.worker.upsert({ where: { id: workerId }, update: {}, create: testWorker });
});

/** Waits until so many sessions wait for a lock. */
async function untilWaiting(sessions: number): Promise<void> {
  for (;;) {
    const [found] = await db.$queryRaw<{ waiting: number }[]>`
      SELECT count(*)::int AS waiting FROM pg_stat_activity
       WHERE wait_event_type = 'Lock' AND datname = current_database()`;
    if (found?.waiting === sessions) return;
  }
}

/** Begins writes while the run's lock is held, and lets go of it when all of them wait for it. */
async function behindTheLock<T>(
  runId: string,
  writes: readonly (() => Promise<T>)[],
  meanwhile: () => Promise<unknown> = () => Promise.resolve(),
): Promise<PromiseSettledResult<T>[]> {
  const waiting = await db.$transaction(async (tx) => {
    await lockRun(tx, runId);
    const begun = Promise.allSettled(writes.map((write) => write()));
    await untilWaiting(writes.length);
    await meanwhile();
    // Within an array: the transaction would otherwise wait for those who wait for it.
    return [begun];
  });
  return (await Promise.all(waiting)).flat();
}

async function eventsOf(runId: string) {
  const events = await db.runEvent.findMany({ where: { runId }, orderBy: { seq: "asc" } });
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  return events;
}

test("a claim tells its attempt, in the event and to the claimant", async () => {
  const { runId, ids } = await runs.searchingRun(["a"]);
  const [id = ""] = ids;
  const wanted = { runId, workKey: `evaluate:${id}`, workerId, startedArchitecture: id };
  await claimWork(db, wanted);
  const second = await claimWork(db, wanted);
  expect(second).toMatchObject({ claim: { attempt: 2 }, run: { id: runId, status: "RUNNING" } });
  const started = (await eventsOf(runId)).filter(({ kind }) => kind === "candidate.started");
  expect(started.map(({ payload }) => payload)).toEqual(
    [1, 2].map((attempt) => ({ architectureId: id, workerId, attempt })),
  );
});

test("claims that wait for each other have attempts one after the other", async () => {
  const { runId } = await runs.searchingRun(["a"]);
  const claim = () => runs.claim(runId, "evolve:1");
  const claims = await behindTheLock(runId, [claim, claim, claim]);
  const attempts = claims.map((each) => each.status === "fulfilled" && each.value.attempt);
  expect(new Set(attempts)).toEqual(new Set([1, 2, 3]));
});

test("a result that waited for the lock is dropped when its attempt was replaced meanwhile", async () => {
  const { runId, ids } = await runs.searchingRun(["a", "b"]);
  const [id = ""] = ids;
  const claim = await runs.claim(runId, `evaluate:${id}`);
  const write = () => runs.record(claim, id, 10);
  const raise = () =>
    db.$executeRaw`UPDATE "Attempt" SET attempt = 2 WHERE "runId" = ${runId}::uuid AND task = ${claim.workKey}`;
  const [result] = await behindTheLock(runId, [write], raise);
  expect(result).toMatchObject({ status: "rejected", reason: { code: "ATTEMPT_REPLACED" } });
  expect(await db.evaluation.count({ where: { runId } })).toBe(0);
  expect(await db.generation.findMany({ where: { runId } })).toMatchObject([{ evaluated: 0 }]);
});

test("results that waited for each other are all counted, and the last closes the generation", async () => {
  const { runId, ids } = await runs.searchingRun(["a", "b", "c"]);
  const writes = await Promise.all(
    ids.map(async (id, index) => {
      const claim = await runs.claim(runId, `evaluate:${id}`);
      return () => runs.record(claim, id, [0.1, 0.2, 0.3][index] ?? 0);
    }),
  );
  await behindTheLock(runId, writes);
  expect(await db.generation.findMany({ where: { runId } })).toMatchObject([
    { evaluated: 3, bestScore: 0.3, meanScore: (0.1 + 0.2 + 0.3) / 3 },
  ]);
  const kinds = (await eventsOf(runId)).map(({ kind }) => kind);
  expect(kinds.slice(-4)).toEqual([
    ...Array.from({ length: 3 }, () => "candidate.evaluated"),
    "generation.finished",
  ]);
});

test("a result that is written again before its first write has ended counts once", async () => {
  const { runId, ids } = await runs.searchingRun(["a", "b"]);
  const [id = ""] = ids;
  const claim = await runs.claim(runId, `evaluate:${id}`);
  const write = () => runs.record(claim, id, 10);
  expect(await behindTheLock(runId, [write, write])).toMatchObject([
    { status: "fulfilled" },
    { status: "fulfilled" },
  ]);
  expect(await db.searchRun.findUnique({ where: { id: runId } })).toMatchObject({
    progressDone: 1,
  });
  const kinds = (await eventsOf(runId)).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === "candidate.evaluated")).toHaveLength(1);
});

test("a result of a run that was paused meanwhile is not stored, and its claim is unwanted", async () => {
  const { runId, ids } = await runs.searchingRun(["a", "b"]);
  const [id = ""] = ids;
  const first = await runs.claim(runId, `evaluate:${id}`);
  const second = await runs.claim(runId, `evaluate:${id}`);
  const other = await runs.searchingRun(["a"]);
  const elsewhere = await runs.claim(other.runId, "evolve:1");
  expect(await wantedWork(db, [first, second, elsewhere])).toEqual([second, elsewhere]);
  await changeRunState(db, queue, runId, "pause");
  expect(await wantedWork(db, [first, second, elsewhere])).toEqual([elsewhere]);
  await expect(runs.record(second, id, 10)).rejects.toMatchObject({ code: "STOPPED" });
  await expect(writeUnderWorkClaim(db, second, () => Promise.resolve())).rejects.toMatchObject({
    code: "STOPPED",
  });
});
