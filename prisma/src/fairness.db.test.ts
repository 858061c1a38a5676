import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { presetNamed } from "@opnas/core";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { createClient } from "./client.js";
import { Consumer } from "./consumer.js";
import { trainerJobSchema } from "./contracts/jobs.js";
import { enqueueTrainerJobs, openQueue, queues } from "./queue.js";
import { startRun } from "./runs/lifecycle.js";
import { testDatabase } from "./testing/index.js";

const url = await testDatabase();
const db = createClient(url);
const queue = await openQueue(url, { supervise: false, onError: (error) => console.error(error) });
const consumers: Consumer[] = [];
beforeEach(() => queue.deleteAllJobs(queues.trainer));
afterEach(async () => {
  for (const consumer of consumers.splice(0)) await consumer.stop(1);
});
afterAll(async () => {
  await queue.stop({ graceful: false });
  await db.$disconnect();
});

const { settings } = presetNamed("smoke");

/** Two workers of four slots, whose trainers only take their time. */
class Workers {
  /** Runs of the candidates, and "pre-training", in the order of their ends. */
  readonly done: string[] = [];
  /** Most candidates of each run that were at work at once. */
  readonly most = new Map<string, number>();
  private readonly now = new Map<string, number>();

  /** @param ended is told of the end of each job, by its run */
  constructor(private readonly ended: (runId: string) => Promise<void> = async () => {}) {}

  start(): void {
    for (let worker = 0; worker < 2; worker++) {
      const onError = (error: unknown) => console.error(error);
      const handle = (job: { data: unknown }) => this.work(job.data);
      const consumer = new Consumer(queue, { name: queues.trainer, slots: 4, handle, onError });
      consumers.push(consumer);
      consumer.start();
    }
  }

  /** Waits for the ends of so many jobs. @returns the number of each run's among them */
  async shares(count: number): Promise<Record<string, number>> {
    while (this.done.length < count) await sleep(20);
    const shares: Record<string, number> = {};
    for (const runId of this.done.slice(0, count)) shares[runId] = (shares[runId] ?? 0) + 1;
    return shares;
  }

  private async work(data: unknown): Promise<undefined> {
    const job = trainerJobSchema.parse(data);
    const runId = "runId" in job ? job.runId : "pre-training";
    const now = (this.now.get(runId) ?? 0) + 1;
    this.now.set(runId, now);
    this.most.set(runId, Math.max(this.most.get(runId) ?? 0, now));
    await sleep(20 + 20 * Math.random());
    this.now.set(runId, (this.now.get(runId) ?? 1) - 1);
    this.done.push(runId);
    await this.ended(runId);
  }
}

async function newRun(atOnce: number | null = null): Promise<string> {
  const given = { name: "a", seed: 1, preset: "smoke", settings: { ...settings, atOnce } };
  const { id } = await startRun(db, queue, given);
  await queue.deleteAllJobs(queues.trainer);
  return id;
}

/** Enqueues a generation of so many candidates. */
async function enqueue(runId: string, candidates: number): Promise<void> {
  const jobs = Array.from({ length: candidates }, () => ({
    kind: "evaluate" as const,
    runId,
    architectureId: randomUUID(),
  }));
  await db.$transaction((tx) => enqueueTrainerJobs(queue, tx, jobs));
}

test("two runs that wait share the workers equally, and a pre-training that came first is last", async () => {
  const [a, b] = [await newRun(), await newRun()];
  const pretraining = { kind: "pretrain" as const, trainingId: randomUUID() };
  await db.$transaction((tx) => enqueueTrainerJobs(queue, tx, [pretraining]));
  await enqueue(a, 60);
  await enqueue(b, 60);
  const workers = new Workers();
  workers.start();
  const shares = await workers.shares(80);
  console.log(`Of the first 80 candidates each run had ${shares[a]} and ${shares[b]}.`);
  expect(Math.abs((shares[a] ?? 0) - 40)).toBeLessThanOrEqual(4);
  await workers.shares(121);
  // The last candidates may still be at work when a slot is free for it.
  expect(workers.done.indexOf("pre-training")).toBeGreaterThanOrEqual(120 - 8);
});

test("a run of many small generations and one of a large generation share the workers equally", async () => {
  const [small, large] = [await newRun(), await newRun()];
  let left = 8;
  const workers = new Workers(async (runId) => {
    if (runId !== small || --left > 0) return;
    left = 8;
    await enqueue(small, 8);
  });
  await enqueue(large, 200);
  await enqueue(small, 8);
  workers.start();
  const shares = await workers.shares(160);
  console.log(`Of 160 candidates, small generations: ${shares[small]}, large: ${shares[large]}.`);
  // Between two of its generations the small ones' run has nothing that waits.
  expect(shares[large]).toBeGreaterThanOrEqual(72);
  expect(shares[small]).toBeGreaterThanOrEqual(40);
});

test("a run that is limited to two at once leaves the other slots to another", async () => {
  const [limited, other] = [await newRun(2), await newRun()];
  await enqueue(limited, 60);
  await enqueue(other, 60);
  const workers = new Workers();
  workers.start();
  const shares = await workers.shares(60);
  console.log(
    `Limited to 2 of 8 slots: ${shares[limited]} of the first 60, at most ${workers.most.get(limited)} at once.`,
  );
  // Each of two workers that look in the same moment counts without the other.
  expect(workers.most.get(limited)).toBeLessThanOrEqual(4);
  expect(shares[limited]).toBeLessThanOrEqual(24);
  expect(shares[other]).toBeGreaterThanOrEqual(36);
});
