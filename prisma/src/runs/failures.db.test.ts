import { OpnasError } from "@opnas/core";
import { describe, expect, test } from "vitest";
import { queues } from "../queue.js";
import { RunMaker } from "../testing/runs.js";
import { testStore, testWorker } from "../testing/store.js";
import { extendRun } from "./extend.js";
import { failCandidate, failRun, giveUpRunJob, retryWork } from "./failures.js";
import { searchHistory } from "./history.js";
import { changeRunState, finishRun } from "./lifecycle.js";
import { giveBackRunJob } from "./waiting.js";

const { db, queue } = await testStore();
await db.worker.create({ data: testWorker });
const runs = new RunMaker(db, queue, testWorker.id);

const odd = new OpnasError("INTERNAL", "Its graph is odd.");
const wrong = new OpnasError("BAD_ARCHITECTURE", "It has no layers.");
const keys = (count: number) => Array.from({ length: count }, (_, at) => `k${at}`);
const read = (id: string) => db.searchRun.findUniqueOrThrow({ where: { id } });
const waiting = async (name: string) =>
  (await queue.findJobs(name, { queued: true })).map(({ data }) => data);
const kindsOf = async (runId: string) =>
  (await db.runEvent.findMany({ where: { runId }, orderBy: { seq: "asc" } })).map(
    ({ kind }) => kind,
  );

async function fail(runId: string, architectureId: string, cause = odd): Promise<void> {
  const claim = await runs.claim(runId, `evaluate:${architectureId}`);
  await failCandidate(db, queue, claim, { architectureId, cause });
}

describe("a candidate that fails for good", () => {
  test("is stored with its reason and counted, and the search goes on with score 0 for it", async () => {
    const { runId, ids } = await runs.searchingRun(keys(3));
    const [first = "", second = "", third = ""] = ids;
    await runs.evaluate(runId, first, 30);
    await fail(runId, second);
    await fail(runId, second);
    await runs.evaluate(runId, second, 99);
    await runs.evaluate(runId, third, 10);
    expect(await db.architecture.findUnique({ where: { id: second } })).toMatchObject({
      failureCode: "INTERNAL",
      failureReason: "Its graph is odd.",
      score: null,
    });
    expect(await read(runId)).toMatchObject({
      status: "RUNNING",
      failures: 1,
      progressDone: 3,
      bestScore: 30,
    });
    expect(await db.generation.findFirst({ where: { runId } })).toMatchObject({
      evaluated: 3,
      bestScore: 30,
      meanScore: 20,
    });
    expect((await searchHistory(db, runId)).map(({ score }) => score)).toEqual([30, 0, 10]);
    expect(await waiting(queues.evolve)).toContainEqual({ runId, generation: 1 });
    expect((await kindsOf(runId)).filter((kind) => kind === "candidate.failed")).toHaveLength(1);
  });

  test("fails the run only beyond the share that its settings bear, with what to do", async () => {
    const { runId, ids } = await runs.searchingRun(keys(10), { failures: { share: 0.2 } });
    for (const id of ids.slice(0, 2)) await fail(runId, id);
    expect((await read(runId)).status).toBe("RUNNING");
    await fail(runId, ids[2] ?? "");
    const { status, error } = await read(runId);
    expect(status).toBe("FAILED");
    expect(error).toEqual({
      code: "TOO_MANY_FAILURES",
      message:
        "3 of 10 candidates failed, more than the share of 0.2 that the run bears (setting failures.share). The last one: Its graph is odd. Read the failed candidates' reasons, mend the cause and resume the run; it then tries them again.",
    });
  });

  test("is tried again when its failed run is resumed, unless nothing can evaluate it", async () => {
    const { runId, ids } = await runs.searchingRun(keys(4));
    const [a = "", b = "", c = "", d = ""] = ids;
    await runs.evaluate(runId, d, 10);
    await fail(runId, a, wrong);
    await fail(runId, b);
    expect((await read(runId)).status).toBe("FAILED");
    await queue.deleteAllJobs(queues.trainer);
    await changeRunState(db, queue, runId, "resume");
    expect(await read(runId)).toMatchObject({ status: "QUEUED", failures: 1, progressDone: 2 });
    const jobs = [b, c].map((id) => ({ kind: "evaluate", runId, architectureId: id }));
    const queued = await waiting(queues.trainer);
    expect(new Set(queued)).toEqual(new Set(jobs));
    await runs.evaluate(runId, b, 20);
    await runs.evaluate(runId, c, 30);
    expect(await db.generation.findFirst({ where: { runId } })).toMatchObject({
      evaluated: 4,
      meanScore: 20,
    });
    expect(await waiting(queues.evolve)).toContainEqual({ runId, generation: 1 });
  });

  test("of an earlier generation is tried before the search goes on, and once", async () => {
    const { runId, ids } = await runs.searchingRun(keys(2));
    await runs.evaluate(runId, ids[0] ?? "", 10);
    await fail(runId, ids[1] ?? "");
    const later = await runs.generation(runId, 1, ["l0", "l1"]);
    await fail(runId, later[0] ?? "");
    await queue.deleteAllJobs(queues.evolve);
    await changeRunState(db, queue, runId, "resume");
    await runs.evaluate(runId, later[0] ?? "", 5);
    await runs.evaluate(runId, later[1] ?? "", 6);
    expect(await waiting(queues.evolve)).toEqual([]);
    await runs.evaluate(runId, ids[1] ?? "", 7);
    expect(await waiting(queues.evolve)).toEqual([{ runId, generation: 2 }]);
  });

  test("whose job is given up without a claim fails alone, not its run", async () => {
    const { runId, ids } = await runs.searchingRun(keys(3));
    const [first = "", second = ""] = ids;
    await runs.evaluate(runId, first, 10);
    for (const architectureId of [first, second]) {
      await giveUpRunJob(db, queue, { kind: "evaluate", runId, architectureId }, odd);
    }
    expect(await read(runId)).toMatchObject({ status: "RUNNING", failures: 1 });
    await giveUpRunJob(db, queue, { runId, generation: 1 }, odd);
    expect((await read(runId)).status).toBe("FAILED");
  });
});

describe("attempts", () => {
  const superNet = (runId: string) => ({ kind: "superNet", runId }) as const;

  test("that were replaced can neither fail nor retry nor give back", async () => {
    const { runId, ids } = await runs.searchingRun(keys(3));
    const [architectureId = ""] = ids;
    const job = { kind: "evaluate", runId, architectureId } as const;
    const first = await runs.claim(runId, `evaluate:${architectureId}`);
    await runs.claim(runId, `evaluate:${architectureId}`);
    await queue.deleteAllJobs(queues.trainer);
    for (const late of [
      () => failRun(db, first, odd),
      () => failCandidate(db, queue, first, { architectureId, cause: odd }),
      () => retryWork(db, queue, first, { job, step: 0 }),
      () => giveBackRunJob(db, queue, job, { claim: first, workerName: "old", error: odd }),
    ]) {
      await expect(late()).rejects.toMatchObject({ code: "ATTEMPT_REPLACED" });
    }
    expect(await read(runId)).toMatchObject({
      status: "RUNNING",
      failures: 0,
      waitingReason: null,
    });
    expect(await waiting(queues.trainer)).toEqual([]);
  });

  test("are exhausted after some at the same step, not after any number further on", async () => {
    const { runId } = await runs.searchingRun(keys(2));
    const attempt = async (step: number) => {
      const claim = await runs.claim(runId, "superNet");
      return retryWork(db, queue, claim, { job: superNet(runId), step });
    };
    for (let step = 1; step <= 21; step++) expect(await attempt(step)).toBe(true);
    const again: boolean[] = [];
    for (let time = 0; time < 4; time++) again.push(await attempt(21));
    expect(again).toEqual([true, true, true, false]);
  });

  test("that failed are taken again later and later", async () => {
    const { runId } = await runs.searchingRun(keys(2));
    const delays: number[] = [];
    for (let time = 0; time < 3; time++) {
      await queue.deleteAllJobs(queues.trainer);
      const claim = await runs.claim(runId, "superNet");
      await retryWork(db, queue, claim, { job: superNet(runId), step: 0 });
      const [job] = await queue.findJobs(queues.trainer, { queued: true });
      if (job === undefined) throw new Error("no job");
      delays.push(Math.round((job.startAfter.getTime() - job.createdOn.getTime()) / 1000));
    }
    expect(delays).toEqual([1, 2, 4]);
  });
});

test("a fault of the machine leaves the run open, with its reason until a job gets on", async () => {
  const { runId, ids } = await runs.searchingRun(keys(3));
  const [architectureId = ""] = ids;
  const job = { kind: "evaluate", runId, architectureId } as const;
  await queue.deleteAllJobs(queues.trainer);
  const error = new OpnasError("DISK_FULL", "The disk is full: free some space.");
  const claim = await runs.claim(runId, `evaluate:${architectureId}`);
  await giveBackRunJob(db, queue, job, { claim, workerName: "one", error });
  await giveBackRunJob(db, queue, job, { claim: undefined, workerName: "one", error });
  expect(await read(runId)).toMatchObject({
    status: "RUNNING",
    failures: 0,
    waitingReason: "Worker one rests: The disk is full: free some space.",
  });
  expect(await waiting(queues.trainer)).toEqual([job]);
  expect((await kindsOf(runId)).filter((kind) => kind === "run.waiting")).toHaveLength(1);
  await runs.evaluate(runId, architectureId, 10);
  expect((await read(runId)).waitingReason).toBeNull();
});

describe("extending", () => {
  test("lets a finished run go on with more generations", async () => {
    const { runId, ids } = await runs.searchingRun(keys(2), { generations: 0 });
    for (const id of ids) await runs.evaluate(runId, id, 10);
    await finishRun(db, await runs.claim(runId, "evolve:1"));
    await queue.deleteAllJobs(queues.evolve);
    const run = await extendRun(db, queue, runId, 2);
    expect(run).toMatchObject({
      status: "QUEUED",
      phase: "SEARCHING",
      finishedAt: null,
      progressDone: 2,
      settings: { generations: 2 },
    });
    expect(run.progressTotal).toBeGreaterThan(2);
    expect(await waiting(queues.evolve)).toEqual([{ runId, generation: 1 }]);
    await expect(extendRun(db, queue, runId, 2)).rejects.toMatchObject({ code: "WRONG_STATE" });
  });

  test("to more than a million candidates is refused with what makes them", async () => {
    const many = { generations: 0, population: 1_000, parents: 1_000, childrenPerParent: 1_000 };
    const { runId, ids } = await runs.searchingRun(keys(2), many);
    for (const id of ids) await runs.evaluate(runId, id, 10);
    await finishRun(db, await runs.claim(runId, "evolve:1"));
    const refused = expect(extendRun(db, queue, runId, 1)).rejects;
    await refused.toThrow(/1 generations of 1000 × 1000 children/);
  });

  test.each([0, -1, 0.5, 20_000])("by %d generations is refused", async (generations) => {
    const { runId, ids } = await runs.searchingRun(keys(2), { generations: 0 });
    for (const id of ids) await runs.evaluate(runId, id, 10);
    await finishRun(db, await runs.claim(runId, "evolve:1"));
    await expect(extendRun(db, queue, runId, generations)).rejects.toMatchObject({
      code: "BAD_INPUT",
    });
    expect((await read(runId)).status).toBe("DONE");
  });
});
