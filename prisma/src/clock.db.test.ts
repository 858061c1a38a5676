import { randomUUID } from "node:crypto";
import { bertBase, presetNamed } from "@opnas/core";
import { afterAll, expect, test, vi } from "vitest";
import { claimWork } from "./runs/claim.js";
import { recordEvaluation } from "./runs/evaluation.js";
import { recordGeneration } from "./runs/generation.js";
import { finishRun, startRun } from "./runs/lifecycle.js";
import { finishSuperNet } from "./runs/superNet.js";
import { testStore, testWorker } from "./testing/store.js";
import { liveSlots, reportWorker } from "./workers.js";

const { db, queue } = await testStore();
const { settings } = presetNamed("smoke");
const workerId = testWorker.id;
afterAll(() => vi.useRealTimers());

/** Sets this process's clock wrong by some hours; Postgres' clock stays right. */
function setClockWrong(hours: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + hours * 3_600_000 });
}

async function claimed(runId: string, workKey: string) {
  const taken = await claimWork(db, { runId, workKey, workerId });
  if (taken === null) throw new Error(`${workKey} could not be claimed`);
  return taken.claim;
}

test("all times of a run are of one clock, though each step's process has another", async () => {
  const started = await db.$queryRaw<[{ now: Date }]>`SELECT clock_timestamp() AS now`;
  setClockWrong(-5);
  await reportWorker(db, testWorker);
  const run = await startRun(db, queue, { name: "a", seed: 1, preset: "smoke", settings });
  setClockWrong(9);
  const superNet = { steps: 1, seconds: 1, engine: "wasm", candidates: 1 };
  await finishSuperNet(db, queue, await claimed(run.id, "superNet"), superNet);
  setClockWrong(-20);
  const candidate = {
    architecture: bertBase,
    key: "a",
    name: "a",
    params: 1,
    flops: 1,
    parentKey: null,
    mutation: null,
  };
  await recordGeneration(db, queue, await claimed(run.id, "evolve:0"), {
    index: 0,
    candidates: [candidate],
    priorities: [],
  });
  setClockWrong(30);
  const { id } = await db.architecture.findFirstOrThrow({ where: { runId: run.id } });
  await recordEvaluation(db, queue, await claimed(run.id, `evaluate:${id}`), {
    architectureId: id,
    engine: "wasm",
    overheadSeconds: 0,
    result: {
      score: 1,
      stability: "STABLE",
      heldOutLoss: 1,
      heldOutAccuracy: 1,
      stepSeconds: null,
      stepRatio: null,
      tokenUniformity: null,
      taskScores: [],
      timings: { trainSeconds: 1, fineTuneSeconds: 1, scoreSeconds: 1 },
    },
  });
  setClockWrong(-40);
  await finishRun(db, await claimed(run.id, "evolve:1"));
  vi.useRealTimers();

  const done = await db.searchRun.findUniqueOrThrow({ where: { id: run.id } });
  const { generations, architectures, events, attempts } = await db.searchRun.findUniqueOrThrow({
    where: { id: run.id },
    include: {
      generations: true,
      architectures: true,
      attempts: { orderBy: { time: "asc" } },
      events: { orderBy: { seq: "asc" } },
    },
  });
  const times = [
    started[0].now,
    done.createdAt,
    done.startedAt,
    generations[0]?.startedAt,
    architectures[0]?.createdAt,
    architectures[0]?.updatedAt,
    generations[0]?.finishedAt,
    done.finishedAt,
  ].map((time) => time?.getTime() ?? NaN);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
  expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThan(60_000);
  const told = events.map(({ time }) => time.getTime());
  expect(told).toEqual(told.toSorted((one, other) => one - other));
  expect(attempts.map(({ workKey }) => workKey)).toEqual([
    "superNet",
    "evolve:0",
    `evaluate:${id}`,
    "evolve:1",
  ]);
});

test("a worker whose clock is a day behind is alive", async () => {
  setClockWrong(-24);
  await reportWorker(db, testWorker);
  vi.useRealTimers();
  expect(await liveSlots(db)).toBe(testWorker.slots);
});

test("events of transactions that waited for each other have times in their order", async () => {
  const run = await startRun(db, queue, { name: "b", seed: 1, preset: "smoke", settings });
  await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      claimWork(db, {
        runId: run.id,
        workKey: `evaluate:${index}`,
        workerId,
        startedArchitecture: randomUUID(),
      }),
    ),
  );
  const events = await db.runEvent.findMany({ where: { runId: run.id }, orderBy: { seq: "asc" } });
  const told = events.map(({ time }) => time.getTime());
  expect(told).toEqual(told.toSorted((one, other) => one - other));
});
