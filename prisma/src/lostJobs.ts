import type { Database, Transaction } from "./client.js";
import type { EvolveJob, TrainerJob } from "./contracts/jobs.js";
import { isOrderOpen, lockOrder, orderKinds, orderTables } from "./orders/kinds.js";
import { enqueueJobs, jobKey, type Queue, queues } from "./queue.js";
import { openJobs } from "./runs/openWork.js";
import { lockRun } from "./runs/row.js";

/**
 * Enqueues a job for all open work of live runs and for all open orders that has no waiting or active one.
 * Rows say what is to be done, jobs only tell workers of it: whatever becomes of a job (the queue's
 * retention, a restored backup, somebody's DELETE), the work goes on (decision 0025).
 *
 * Whatever lacks a job is looked for without locks, and again under the lock of its row before a job
 * is enqueued, so that any number of workers may call this at once.
 * @returns the number of jobs that were enqueued
 */
export async function restoreLostJobs(db: Database, queue: Queue): Promise<number> {
  const where = { status: { in: ["QUEUED" as const, "RUNNING" as const] } };
  const runs = await db.searchRun.findMany({ where, select: { id: true } });
  let restored = 0;
  for (const { id } of runs) {
    if ((await withoutJob(db, await openJobs(db, id))).length === 0) continue;
    restored += await db.$transaction(async (tx) => {
      const { status } = await lockRun(tx, id);
      if (status !== "QUEUED" && status !== "RUNNING") return 0;
      return enqueueLost(queue, tx, await openJobs(tx, id));
    });
  }
  for (const kind of orderKinds) {
    for (const { id } of await orderTables[kind].openIds(db)) {
      const job = orderTables[kind].job(id);
      if ((await withoutJob(db, [job])).length === 0) continue;
      restored += await db.$transaction(async (tx) => {
        const row = await lockOrder(tx, { kind, id });
        return row !== null && isOrderOpen(row) ? enqueueLost(queue, tx, [job]) : 0;
      });
    }
  }
  return restored;
}

/** Enqueues those of the jobs that are neither waiting nor active, and returns how many these were. */
async function enqueueLost(
  queue: Queue,
  tx: Transaction,
  jobs: readonly (TrainerJob | EvolveJob)[],
): Promise<number> {
  const lost = await withoutJob(tx, jobs);
  await enqueueJobs(queue, tx, lost);
  return lost.length;
}

/** Returns those of the jobs that are neither waiting nor active in the queue. */
async function withoutJob<Job extends TrainerJob | EvolveJob>(
  tx: Transaction,
  jobs: readonly Job[],
): Promise<Job[]> {
  const names = Object.values(queues);
  const live = await tx.$queryRaw<{ key: string }[]>`
    SELECT DISTINCT singleton_key AS key FROM pgboss.job
     WHERE name = ANY(${names}) AND state < 'completed' AND singleton_key = ANY(${jobs.map(jobKey)})`;
  const keys = new Set(live.map(({ key }) => key));
  return jobs.filter((job) => !keys.has(jobKey(job)));
}
