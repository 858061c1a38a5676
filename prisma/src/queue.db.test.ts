import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { enqueueTrainerJobs, queues } from "./queue.js";
import { testStore } from "./testing/store.js";

const { db, queue } = await testStore();

const candidatesOf = (runId: string, count: number) =>
  Array.from({ length: count }, () => ({
    kind: "evaluate" as const,
    runId,
    architectureId: randomUUID(),
  }));

interface Data {
  kind: string;
  runId?: string;
}

test("runs take turns, and candidates go before a pre-training that was there first", async () => {
  const [one, other] = [randomUUID(), randomUUID()];
  const pretraining = { kind: "pretrain" as const, trainingId: randomUUID() };
  for (const jobs of [[pretraining], candidatesOf(one, 4), candidatesOf(other, 2)]) {
    await db.$transaction((tx) => enqueueTrainerJobs(queue, tx, jobs));
  }
  const order: (string | undefined)[] = [];
  for (;;) {
    const [job] = await queue.fetch<Data>(queues.trainer);
    if (job === undefined) break;
    order.push(job.data.runId ?? job.data.kind);
  }
  expect(order).toEqual([one, other, one, other, one, one, "pretrain"]);
});

test("statements of the queue are planned anew for many jobs that are enqueued together", async () => {
  const jobs = candidatesOf(randomUUID(), 200);
  await db.$transaction((tx) => enqueueTrainerJobs(queue, tx, jobs));
  const [counted] = await db.$queryRaw<{ rows: number }[]>`
    SELECT reltuples::int AS rows FROM pg_class WHERE oid = 'pgboss.job_common'::regclass`;
  expect(counted?.rows).toBeGreaterThanOrEqual(jobs.length);
});
