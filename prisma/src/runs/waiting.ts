import type { OpnasError } from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import type { RunJob } from "../contracts/jobs.js";
import type { SearchRun } from "../generated/client.js";
import { enqueueEvolveJob, enqueueTrainerJobs, type Queue } from "../queue.js";
import { type WorkClaim, writeUnderWorkClaim } from "./claim.js";
import { appendEvents, lockRun } from "./row.js";

/**
 * Gives a run's job back to the queue after a fault of the machine that held it. The fault is not the
 * run's: it stays open and shows the reason why it waits, until one of its jobs gets on. Does nothing
 * when the run is gone or not open.
 * @param fault.claim the claim on the job's work; absent when the fault came before it
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED` when the claim does not hold any more
 */
export async function giveBackRunJob(
  db: Database,
  queue: Queue,
  job: RunJob,
  fault: { claim: WorkClaim | undefined; workerName: string; error: OpnasError },
): Promise<void> {
  const reason = `Worker ${fault.workerName} rests: ${fault.error.message}`;
  const giveBack = async (tx: Transaction, run: SearchRun) => {
    await setReason(tx, run, reason);
    if ("generation" in job) await enqueueEvolveJob(queue, tx, job);
    else await enqueueTrainerJobs(queue, tx, [job]);
  };
  if (fault.claim !== undefined) {
    await writeUnderWorkClaim(db, fault.claim, giveBack);
    return;
  }
  await db.$transaction(async (tx) => {
    if ((await tx.searchRun.count({ where: { id: job.runId } })) === 0) return;
    const run = await lockRun(tx, job.runId);
    if (run.status === "QUEUED" || run.status === "RUNNING") await giveBack(tx, run);
  });
}

/** Stores why a live run waits, once for each reason, and reports it as `run.waiting`. */
export async function reportWaiting(db: Database, runId: string, reason: string): Promise<void> {
  await db.$transaction(async (tx) => {
    if ((await tx.searchRun.count({ where: { id: runId } })) === 0) return;
    const run = await lockRun(tx, runId);
    if (run.status === "QUEUED" || run.status === "RUNNING") await setReason(tx, run, reason);
  });
}

async function setReason(tx: Transaction, run: SearchRun, reason: string): Promise<void> {
  if (run.waitingReason === reason) return;
  await tx.searchRun.update({
    where: { id: run.id },
    data: { waitingReason: reason, etaSeconds: null },
  });
  await appendEvents(tx, run.id, [{ kind: "run.waiting", payload: { reason } }]);
}
