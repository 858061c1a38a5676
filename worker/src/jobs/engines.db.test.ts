import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient, openQueue, queues } from "@opnas/prisma";
import { RunMaker, testDatabase } from "@opnas/prisma/testing";
import { afterAll, afterEach, expect, test } from "vitest";
import type { TrainerHandle, Trainers } from "../trainer/pool.js";
import { type RunningWorker, startWorker } from "../worker.js";

const url = await testDatabase();
const db = createClient(url);
const queue = await openQueue(url, { supervise: false, onError: (error) => console.error(error) });
const folder = await mkdtemp(path.join(tmpdir(), "opnas-engines-"));
const running: RunningWorker[] = [];
afterEach(async () => {
  for (const worker of running.splice(0)) await worker.stop();
  await db.searchRun.updateMany({ data: { status: "CANCELLED" } });
});
afterAll(async () => {
  await queue.stop({ graceful: false });
  await db.$disconnect();
  await rm(folder, { recursive: true });
});

/** A trainer of some engine whose evaluations are quick and whose scores are the engine's own. */
class SimulatedTrainers implements Trainers {
  readonly pids = [];
  private readonly trainer: TrainerHandle;

  constructor(name: string, score: number) {
    this.trainer = {
      engine: { name, version: "1.0", threads: 1, reasons: [] },
      alive: true,
      run: async () => {
        await sleep(30);
        return { type: "evaluate", result: { ...result, score } };
      },
    };
  }

  with<T>(use: (trainer: TrainerHandle) => Promise<T>): Promise<T> {
    return use(this.trainer);
  }

  end(): Promise<void> {
    return Promise.resolve();
  }
}

const result = {
  stability: "STABLE" as const,
  heldOutLoss: 5,
  heldOutAccuracy: 0.1,
  stepSeconds: null,
  stepRatio: null,
  tokenUniformity: null,
  taskScores: [],
  timings: { trainSeconds: 0.01, fineTuneSeconds: 0.01, scoreSeconds: 0.01 },
};

async function start(engine: string, score: number): Promise<RunningWorker> {
  const artifacts = { kind: "folder" as const, folder: path.join(folder, "artifacts") };
  const places = { dataFolder: folder, textFolder: folder, artifacts };
  const settings = { ...places, databaseUrl: url, engine: "auto" as const, slots: 1, name: engine };
  const worker = await startWorker(settings, new SimulatedTrainers(engine, score));
  running.push(worker);
  return worker;
}

/** Makes a run with so many candidates to be evaluated, whose super-net is there; no worker may run yet. */
async function newRun(candidates: number, sameEngine: boolean): Promise<string> {
  const maker = new RunMaker(db, queue, randomUUID());
  const keys = Array.from({ length: candidates }, (_, index) => `candidate ${index}`);
  const changes = { sameEngine, references: false };
  const { runId } = await maker.searchingRun(keys, changes);
  await queue.deleteAllJobs(queues.evolve);
  return runId;
}

const read = (id: string) =>
  db.searchRun.findUniqueOrThrow({ where: { id }, include: { evaluations: true } });

async function until(
  runId: string,
  isMet: (run: Awaited<ReturnType<typeof read>>) => boolean,
): Promise<Awaited<ReturnType<typeof read>>> {
  for (;;) {
    const run = await read(runId);
    if (isMet(run)) return run;
    await sleep(20);
  }
}

test("a run that two kinds of workers share names both engines", async () => {
  const runId = await newRun(200, false);
  await start("wasm", 40);
  await start("tensorflow", 60);
  const run = await until(runId, ({ evaluations }) =>
    ["wasm", "tensorflow"].every((name) => evaluations.some(({ engine }) => engine === name)),
  );
  expect(new Set(run.evaluations.map(({ score }) => score))).toEqual(new Set([40, 60]));
  expect([...run.engines].sort()).toEqual([
    expect.stringMatching(/^tensorflow 1\.0 on ./),
    expect.stringMatching(/^wasm 1\.0 on ./),
  ]);
});

test("a run that asks for one engine is left alone by another, and says what it waits for", async () => {
  const runId = await newRun(40, true);
  const wasm = await start("wasm", 40);
  await until(runId, ({ evaluations }) => evaluations.length > 0);
  await wasm.stop();
  running.splice(running.indexOf(wasm), 1);
  await start("tensorflow", 60);
  const run = await until(runId, ({ waitingReason }) => waitingReason !== null);
  expect(run.waitingReason).toMatch(
    /^Worker tensorflow leaves it to others: Run .* asks for one engine .* began on wasm 1\.0 on .*; this worker has tensorflow 1\.0/,
  );
  expect(run.engines).toEqual([expect.stringMatching(/^wasm 1\.0 on ./)]);
  expect(run.evaluations.every(({ engine }) => engine === "wasm")).toBe(true);
  expect(run).toMatchObject({ status: "RUNNING", failures: 0 });
});
