import { type OperationPriority, presetNamed, bertBase } from "@opnas/core";
import { beforeEach, describe, expect, test } from "vitest";
import type { CandidateResult } from "../contracts/candidateResult.js";
import { queues } from "../queue.js";
import { testStore, testWorker } from "../testing/store.js";
import { claimWork, isWorkWanted, writeUnderWorkClaim, type WorkClaim } from "./claim.js";
import { recordEvaluation } from "./evaluation.js";
import type { NewCandidate } from "./newCandidates.js";
import { recordGeneration } from "./generation.js";
import { searchHistory } from "./history.js";
import { failRun } from "./failures.js";
import { changeRunState, finishRun, startRun } from "./lifecycle.js";
import { finishSuperNet, reportSuperNet } from "./superNet.js";

const { db, queue } = await testStore();
const workerId = testWorker.id;
beforeEach(async () => {
  await db.worker.upsert({ where: { id: workerId }, update: {}, create: testWorker });
});

const { settings } = presetNamed("smoke");
const newRun = (extra: { idempotencyKey?: string } = {}) => ({
  name: "a run",
  seed: 7,
  preset: "smoke",
  settings,
  ...extra,
});

const candidates: NewCandidate[] = ["a", "b", "c"].map((key) => ({
  architecture: bertBase,
  key,
  name: `candidate ${key}`,
  params: 10,
  flops: 20,
  parentKey: null,
  mutation: null,
}));
const priorities: OperationPriority[] = [
  {
    kind: "operation",
    position: 0,
    operation: "matmul",
    count: 3,
    meanScore: 12,
    ucb: 13,
    probability: 0.5,
  },
];
const result = (score: number): CandidateResult => ({
  score,
  stability: "STABLE",
  heldOutLoss: 5,
  heldOutAccuracy: 0.1,
  stepSeconds: 0.25,
  stepRatio: 1.5,
  tokenUniformity: [0.5, 0.25, 0.75],
  taskScores: [],
  timings: { trainSeconds: 1, fineTuneSeconds: 2, scoreSeconds: 1 },
});

async function claimed(runId: string, workKey: string): Promise<WorkClaim> {
  const taken = await claimWork(db, { runId, workKey, workerId });
  if (taken === null) throw new Error(`${workKey} could not be claimed`);
  return taken.claim;
}

/** Creates a run whose super-net is trained and whose first generation, of three, is stored. */
async function searchingRun() {
  const run = await startRun(db, queue, newRun());
  const superNet = await claimed(run.id, "superNet");
  await finishSuperNet(db, queue, superNet, {
    steps: 60,
    seconds: 3,
    engine: "wasm",
    candidates: 12,
  });
  const evolve = await claimed(run.id, "evolve:0");
  await recordGeneration(db, queue, evolve, { index: 0, candidates, priorities });
  const architectures = await db.architecture.findMany({
    where: { runId: run.id },
    orderBy: { indexInGeneration: "asc" },
  });
  return { run, architectures, evolve };
}

async function evaluate(runId: string, architectureId: string, score: number): Promise<void> {
  const claim = await claimed(runId, `evaluate:${architectureId}`);
  await recordEvaluation(db, queue, claim, {
    architectureId,
    engine: "wasm",
    overheadSeconds: 0.02,
    result: result(score),
  });
}

const queued = (name: string) => queue.findJobs(name, { queued: true });

describe("starting a run", () => {
  test("stores the run with its first event and its first job", async () => {
    const run = await startRun(db, queue, newRun());
    expect(run).toMatchObject({ status: "QUEUED", phase: "PREPARING", lastSeq: 1 });
    const events = await db.runEvent.findMany({ where: { runId: run.id } });
    expect(events.map(({ seq, kind }) => [seq, kind])).toEqual([[1, "run.created"]]);
    expect((await queued(queues.trainer)).map((job) => job.data)).toEqual([
      { kind: "superNet", runId: run.id },
    ]);
  });

  test("a repeated idempotency key returns the first run and enqueues nothing", async () => {
    const first = await startRun(db, queue, newRun({ idempotencyKey: "once" }));
    const second = await startRun(db, queue, newRun({ idempotencyKey: "once" }));
    expect(second.id).toBe(first.id);
    expect(await queued(queues.trainer)).toHaveLength(1);
  });

  test("a repeated key with other input is refused; drawn values may differ", async () => {
    const first = await startRun(db, queue, newRun({ idempotencyKey: "again" }));
    const again = newRun({ idempotencyKey: "again" });
    for (const other of [
      { seed: 8 },
      { name: "another" },
      { preset: "tiny" },
      { settings: { ...settings, population: 2, parents: 1 } },
      { settings: { ...settings, generations: settings.generations + 1 } },
      { settings: { ...settings, generations: settings.generations - 1 } },
    ]) {
      await expect(startRun(db, queue, { ...again, ...other })).rejects.toMatchObject({
        code: "BAD_INPUT",
      });
    }
    const drawn = { seed: 8, name: "smoke 8", drawn: ["seed", "name"] as const };
    expect((await startRun(db, queue, { ...again, ...drawn })).id).toBe(first.id);
    expect(await queued(queues.trainer)).toHaveLength(1);
  });

  test("a seed that the table refuses leaves neither a run nor a job", async () => {
    const before = await db.searchRun.count();
    await expect(startRun(db, queue, { ...newRun(), seed: 2 ** 40 })).rejects.toThrow();
    expect(await db.searchRun.count()).toBe(before);
    expect(await queued(queues.trainer)).toHaveLength(0);
  });
});

describe("claims", () => {
  test("a replaced attempt cannot write", async () => {
    const run = await startRun(db, queue, newRun());
    const first = await claimed(run.id, "superNet");
    const second = await claimed(run.id, "superNet");
    expect([first.attempt, second.attempt]).toEqual([1, 2]);
    await expect(writeUnderWorkClaim(db, first, () => Promise.resolve())).rejects.toMatchObject({
      code: "ATTEMPT_REPLACED",
    });
    expect(await isWorkWanted(db, first)).toBe(false);
    expect(await isWorkWanted(db, second)).toBe(true);
  });

  test("the work of a paused run can neither be claimed nor written", async () => {
    const run = await startRun(db, queue, newRun());
    const claim = await claimed(run.id, "superNet");
    await changeRunState(db, queue, run.id, "pause");
    expect(await isWorkWanted(db, claim)).toBe(false);
    expect(await claimWork(db, { runId: run.id, workKey: "superNet", workerId })).toBeNull();
    const progress = {
      step: 1,
      total: 2,
      loss: 6,
      tokensPerSecond: 1,
      etaSeconds: null,
      note: null,
    };
    await expect(reportSuperNet(db, claim, "wasm", progress)).rejects.toMatchObject({
      code: "STOPPED",
    });
  });
});

describe("evaluations", () => {
  test("the last result of a generation closes it and enqueues one evolve job, also when all arrive at once", async () => {
    const { run, architectures } = await searchingRun();
    await Promise.all(architectures.map(({ id }, index) => evaluate(run.id, id, 10 * (index + 1))));
    const [generation] = await db.generation.findMany({ where: { runId: run.id } });
    expect(generation).toMatchObject({ evaluated: 3, bestScore: 30, meanScore: 20 });
    expect(generation?.finishedAt).not.toBeNull();
    const evolutions = await queued(queues.evolve);
    expect(evolutions.map((job) => job.data)).toContainEqual({ runId: run.id, generation: 1 });
    const events = await db.runEvent.findMany({
      where: { runId: run.id },
      orderBy: { seq: "asc" },
    });
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.filter(({ kind }) => kind === "generation.finished")).toHaveLength(1);
    expect(await db.searchRun.findUnique({ where: { id: run.id } })).toMatchObject({
      bestScore: 30,
      progressDone: 3,
    });
  });

  test("all measures are stored, and the time of a step also in the architecture's row", async () => {
    const { run, architectures } = await searchingRun();
    await evaluate(run.id, architectures[0]?.id ?? "", 10);
    const [stored] = await db.evaluation.findMany({
      where: { runId: run.id },
      include: { architecture: true },
    });
    expect(stored).toMatchObject({
      stepSeconds: 0.25,
      stepRatio: 1.5,
      tokenUniformity: [0.5, 0.25, 0.75],
    });
    expect(stored?.architecture).toMatchObject({ stepSeconds: 0.25, stepRatio: 1.5 });
  });

  test("a repeated evaluate job changes nothing", async () => {
    const { run, architectures } = await searchingRun();
    const [first] = architectures;
    if (first === undefined) throw new Error("no architecture");
    await evaluate(run.id, first.id, 10);
    await evaluate(run.id, first.id, 99);
    const stored = await db.architecture.findUniqueOrThrow({ where: { id: first.id } });
    expect(stored.score).toBe(10);
    expect(await db.evaluation.count({ where: { runId: run.id } })).toBe(1);
    expect(await searchHistory(db, run.id)).toMatchObject([{ key: "a", score: 10, index: 0 }]);
  });

  test("a repeated evolve job does not store its generation twice", async () => {
    const { run, evolve } = await searchingRun();
    await recordGeneration(db, queue, evolve, { index: 0, candidates, priorities });
    expect(await db.architecture.count({ where: { runId: run.id } })).toBe(3);
    expect(await db.operationStatistic.count({ where: { runId: run.id } })).toBe(1);
  });
});

describe("a run's states", () => {
  test("resuming enqueues exactly the candidates without a score", async () => {
    const { run, architectures } = await searchingRun();
    const [first, ...open] = architectures;
    if (first === undefined) throw new Error("no architecture");
    await evaluate(run.id, first.id, 10);
    await changeRunState(db, queue, run.id, "pause");
    await queue.deleteAllJobs(queues.trainer);
    await changeRunState(db, queue, run.id, "resume");
    const jobs = await queued(queues.trainer);
    expect(jobs.map((job) => job.data)).toEqual(
      expect.arrayContaining(
        open.map(({ id }) => ({ kind: "evaluate", runId: run.id, architectureId: id })),
      ),
    );
    expect(jobs).toHaveLength(2);
  });

  test("a cancelled and a failed run are resumed; a finished one is not, and the error says so", async () => {
    const cancelled = await startRun(db, queue, newRun());
    await changeRunState(db, queue, cancelled.id, "cancel");
    await queue.deleteAllJobs(queues.trainer);
    expect(await changeRunState(db, queue, cancelled.id, "resume")).toMatchObject({
      status: "QUEUED",
      finishedAt: null,
    });
    expect(await queued(queues.trainer)).toHaveLength(1);

    const failed = await startRun(db, queue, newRun());
    await failRun(db, await claimed(failed.id, "superNet"), new Error("no text"));
    expect(await changeRunState(db, queue, failed.id, "resume")).toMatchObject({
      status: "QUEUED",
      error: null,
      finishedAt: null,
    });

    const { run, architectures, evolve } = await searchingRun();
    for (const { id } of architectures) await evaluate(run.id, id, 1);
    await finishRun(db, evolve);
    await expect(changeRunState(db, queue, run.id, "resume")).rejects.toMatchObject({
      code: "WRONG_STATE",
      message: "Run a run is done and cannot be resumed.",
    });
  });

  test("an unknown run is not found", async () => {
    const missing = "0199b1f0-0000-7000-8000-00000000dead";
    await expect(changeRunState(db, queue, missing, "pause")).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });

  test("a finished run names its best architecture, a failed run keeps the error", async () => {
    const { run, architectures, evolve } = await searchingRun();
    for (const [index, { id }] of architectures.entries()) await evaluate(run.id, id, index);
    await finishRun(db, evolve);
    await expect(failRun(db, evolve, new Error("too late"))).rejects.toMatchObject({
      code: "STOPPED",
    });
    expect(await db.searchRun.findUnique({ where: { id: run.id } })).toMatchObject({
      status: "DONE",
      error: null,
    });
    const last = await db.runEvent.findFirst({
      where: { runId: run.id },
      orderBy: { seq: "desc" },
    });
    expect(last).toMatchObject({
      kind: "run.finished",
      payload: { bestArchitectureId: architectures[2]?.id, bestScore: 2 },
    });

    const other = await startRun(db, queue, newRun());
    await failRun(db, await claimed(other.id, "superNet"), new Error("no text"));
    expect(await db.searchRun.findUnique({ where: { id: other.id } })).toMatchObject({
      status: "FAILED",
      error: { code: "INTERNAL", message: "no text" },
    });
  });
});
