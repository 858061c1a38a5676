import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { FolderStore, openStore } from "@opnas/artifacts";
import { OpnasError } from "@opnas/core";
import {
  changeRunState,
  claimReproduction,
  createClient,
  openQueue,
  queues,
  type RunJob,
  RunWriter,
  startReproduction,
  workKey,
} from "@opnas/prisma";
import { RunMaker, testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { Rest } from "../rest.js";
import { TrainerPool } from "../trainer/pool.js";
import { readSettings } from "../settings.js";
import { RunArtifacts } from "./artifacts.js";
import { ClaimLooks } from "./claimLooks.js";
import type { Course, JobContext } from "./context.js";
import { settle, settleDead } from "./settle.js";

const url = await testDatabase();
const db = createClient(url);
const queue = await openQueue(url, { supervise: false, onError: (error) => console.error(error) });
const workerId = randomUUID();
await db.worker.create({
  data: {
    id: workerId,
    name: "one",
    engine: "wasm",
    engineReasons: [],
    threads: 1,
    slots: 1,
    status: "idle",
    currentJobs: [],
  },
});
const settings = { ...readSettings({ DATABASE_URL: url }), name: "one" };
const trainers = new TrainerPool(settings);
const runs = new RunMaker(db, queue, workerId);
const paused: string[] = [];
const newRest = () =>
  new Rest({
    pause: () => void paused.push("paused"),
    resume: () => undefined,
    onChange: () => undefined,
  });
const rest = newRest();
const worker = new AbortController();
const context: JobContext = {
  db,
  queue,
  trainers,
  store: await openStore(settings),
  settings,
  workerId,
  notifications: { listen: () => () => undefined },
  writer: new RunWriter(db, queue),
  looks: new ClaimLooks(db),
  stopping: worker.signal,
  rest,
};
beforeEach(async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  await queue.deleteAllJobs(queues.trainer);
});
afterAll(async () => {
  rest.cancel();
  await queue.stop({ graceful: false });
  await db.$disconnect();
});

const read = (id: string) => db.searchRun.findUniqueOrThrow({ where: { id } });
const waiting = async () =>
  (await queue.findJobs(queues.trainer, { queued: true })).map(({ data }) => data);

/** Settles an attempt at a job that claims its work, gets so far and meets an error. */
function attempt(job: { runId: string; architectureId?: string }, error: unknown, step = 0) {
  const { runId, architectureId } = job;
  const work: RunJob =
    architectureId === undefined
      ? { kind: "superNet", runId }
      : { kind: "evaluate", runId, architectureId };
  return settle(context, work, async (course: Course) => {
    course.claim = await runs.claim(runId, workKey(work));
    course.step = step;
    throw error;
  });
}

test("an odd candidate fails alone; an error of the run's settings fails the run", async () => {
  const { runId, ids } = await runs.searchingRun(["a", "b", "c"]);
  const [a = "", b = ""] = ids;
  await attempt({ runId, architectureId: a }, new TypeError("no such tensor"));
  expect(await read(runId)).toMatchObject({ status: "RUNNING", failures: 1 });
  await attempt({ runId, architectureId: b }, new OpnasError("BAD_SETTING", "No such text."));
  expect(await read(runId)).toMatchObject({
    status: "FAILED",
    failures: 1,
    error: { code: "BAD_SETTING", message: "No such text." },
  });
});

test("a worker whose artifacts lie elsewhere leaves a run's candidates to others, and goes on with other jobs", async () => {
  const { runId, ids } = await runs.searchingRun(["a", "b"]);
  const [architectureId = ""] = ids;
  paused.length = 0;
  const elsewhere = new OpnasError("ANOTHER_STORE", "The super-net lies elsewhere.");
  const work: RunJob = { kind: "evaluate", runId, architectureId };
  const again = await settle(context, work, () => Promise.reject(elsewhere));
  expect(again).toEqual({ againInSeconds: 10 });
  expect(paused).toEqual([]);
  expect(rest.reason).toBeNull();
  expect(await read(runId)).toMatchObject({
    status: "RUNNING",
    failures: 0,
    waitingReason: "Worker one leaves it to others: The super-net lies elsewhere.",
  });
});

test("a candidate whose trainer dies each time fails after some attempts, alone", async () => {
  const { runId, ids } = await runs.searchingRun(["a", "b", "c"]);
  const [architectureId = ""] = ids;
  await queue.deleteAllJobs(queues.trainer);
  const killed = new OpnasError("WORKER_LOST", "A trainer process ended unexpectedly (SIGKILL).");
  for (let time = 0; time < 4; time++) {
    await queue.deleteAllJobs(queues.trainer);
    await attempt({ runId, architectureId }, killed);
    expect(await waiting()).toEqual([{ kind: "evaluate", runId, architectureId }]);
    expect((await read(runId)).failures).toBe(0);
  }
  await attempt({ runId, architectureId }, killed);
  expect(await read(runId)).toMatchObject({ status: "RUNNING", failures: 1 });
  expect(await db.architecture.findUnique({ where: { id: architectureId } })).toMatchObject({
    failureCode: "WORKER_LOST",
    failureReason: killed.message,
  });
});

test("a trainer that is killed 21 times, each time further on, does not fail its run", async () => {
  const { runId } = await runs.searchingRun(["a", "b"]);
  const killed = new OpnasError("WORKER_LOST", "A trainer process ended unexpectedly (SIGKILL).");
  for (let step = 1; step <= 21; step++) await attempt({ runId }, killed, step);
  expect((await read(runId)).status).toBe("RUNNING");
});

test("an attempt that was replaced and wakes up changes nothing, whatever its error", async () => {
  const { runId, ids } = await runs.searchingRun(["a", "b"]);
  const [architectureId = ""] = ids;
  await queue.deleteAllJobs(queues.trainer);
  const work: RunJob = { kind: "evaluate", runId, architectureId };
  for (const error of [
    new Error("rename ENOENT"),
    new OpnasError("WORKER_LOST", "The trainer is gone."),
    new OpnasError("BAD_SETTING", "No such text."),
    new OpnasError("DISK_FULL", "The disk is full."),
  ]) {
    await settle(context, work, async (course) => {
      course.claim = await runs.claim(runId, `evaluate:${architectureId}`);
      await runs.claim(runId, `evaluate:${architectureId}`);
      throw error;
    });
  }
  expect(await read(runId)).toMatchObject({ status: "RUNNING", failures: 0, waitingReason: null });
  expect(await waiting()).toEqual([]);
});

test("a run that was paused meanwhile is not failed by a late error", async () => {
  const { runId } = await runs.searchingRun(["a", "b"]);
  const work: RunJob = { kind: "superNet", runId };
  await settle(context, work, async (course) => {
    course.claim = await runs.claim(runId, "superNet");
    await changeRunState(db, queue, runId, "pause");
    throw new Error("the trainer did not stop");
  });
  expect((await read(runId)).status).toBe("PAUSED");
});

test("a data folder that cannot be used rests the worker, and the run waits with the reason", async () => {
  const file = join(tmpdir(), `opnas-no-folder-${randomUUID()}`);
  await writeFile(file, "");
  const { runId } = await runs.searchingRun(["a", "b"]);
  await queue.deleteAllJobs(queues.trainer);
  const fresh = newRest();
  const work: RunJob = { kind: "superNet", runId };
  await settle({ ...context, rest: fresh }, work, async (course) => {
    course.claim = await runs.claim(runId, "superNet");
    await RunArtifacts.of(new FolderStore(file), runId);
  });
  fresh.cancel();
  await rm(file);
  expect(fresh.reason).toContain("A file is where a folder is needed.");
  expect(paused.at(-1)).toBe("paused");
  expect(await read(runId)).toMatchObject({
    status: "RUNNING",
    waitingReason: `Worker one rests: ${fresh.reason}`,
  });
  expect(await waiting()).toEqual([{ kind: "superNet", runId }]);
});

test("a job that took its worker down again and again is given up", async () => {
  const { runId, ids } = await runs.searchingRun(["a", "b"]);
  const [architectureId = ""] = ids;
  await settleDead(context, { kind: "evaluate", runId, architectureId });
  expect(await read(runId)).toMatchObject({ status: "RUNNING", failures: 1 });
  await settleDead(context, { kind: "superNet", runId });
  expect((await read(runId)).status).toBe("FAILED");
});

test("a reproduction is tried again after a killed trainer, waits while the worker rests, and fails alone", async () => {
  const { runId, ids } = await runs.searchingRun(["a", "b"]);
  const [architectureId = ""] = ids;
  await runs.evaluate(runId, architectureId, 50);
  const { id } = await startReproduction(db, queue, architectureId);
  const work = { kind: "reproduce" as const, reproductionId: id };
  const reproduction = () => db.reproduction.findUniqueOrThrow({ where: { id } });
  const fail = async (error: OpnasError) => {
    await queue.deleteAllJobs(queues.trainer);
    await settle({ ...context, rest: newRest() }, work, async (course) => {
      course.claim = (await claimReproduction(db, id, "wasm")) ?? expect.fail("no claim");
      throw error;
    });
    return reproduction();
  };
  const killed = new OpnasError("WORKER_LOST", "The trainer is gone.");
  expect(await fail(killed)).toMatchObject({ status: "RUNNING", failures: 1 });
  expect(await waiting()).toEqual([work]);
  const full = await fail(new OpnasError("DISK_FULL", "The disk is full."));
  expect(full.waitingReason).toBe("Worker one rests: The disk is full.");
  expect(await waiting()).toEqual([work]);
  const gone = new OpnasError("CORRUPT_ARTIFACT", "The super-net is gone.");
  expect(await fail(gone)).toMatchObject({
    status: "FAILED",
    error: { code: "CORRUPT_ARTIFACT", message: "The super-net is gone." },
  });
  expect(await read(runId)).toMatchObject({ status: "RUNNING", failures: 0 });
  const next = await startReproduction(db, queue, architectureId);
  await settleDead(context, { kind: "reproduce", reproductionId: next.id });
  const dead = await db.reproduction.findUniqueOrThrow({ where: { id: next.id } });
  expect(dead).toMatchObject({ status: "FAILED", error: { code: "WORKER_LOST" } });
});

test("a worker's own stop gives the job back and counts nothing", async () => {
  const { runId } = await runs.searchingRun(["a", "b"]);
  worker.abort();
  const stopped = new OpnasError("STOPPED", "The trainer was stopped.");
  for (let time = 0; time < 21; time++) {
    await expect(attempt({ runId }, stopped)).rejects.toBe(stopped);
  }
  expect(await read(runId)).toMatchObject({ status: "RUNNING", failures: 0 });
});
