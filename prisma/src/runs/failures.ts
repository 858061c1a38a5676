import { bearableFailures, OpnasError, toOpnasError } from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import { databaseTime } from "../clock.js";
import type { RunJob } from "../contracts/jobs.js";
import type { SearchRun } from "../generated/client.js";
import { enqueueEvolveJob, enqueueTrainerJobs, type Queue } from "../queue.js";
import { type WorkClaim, writeUnderWorkClaim } from "./claim.js";
import { settingsOfRun } from "./lifecycle.js";
import { countFailure, countReference } from "./results.js";
import { appendEvents, lockRun } from "./row.js";

/** Failed attempts at the same place after which a job's work is given up. */
export const maxFailedAttempts = 5;

/** Seconds until a job is taken again after so many failed attempts: 1, 2, 4 … at most 60. */
export function backoffSeconds(failures: number): number {
  return Math.min(60, 2 ** (failures - 1));
}

/**
 * Counts a failed attempt under its claim and enqueues its job again, later after each failure. An
 * attempt that got further than any that failed before starts the count anew.
 * @param step steps done that a next attempt goes on from, 0 where it begins anew
 * @returns true when the job is tried again, false when its attempts are exhausted
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED`
 */
export async function retryWork(
  db: Database,
  queue: Queue,
  claim: WorkClaim,
  { job, step }: { job: RunJob; step: number },
): Promise<boolean> {
  return writeUnderWorkClaim(db, claim, async (tx) => {
    const where = { runId_workKey: { runId: claim.runId, workKey: claim.workKey } };
    const before = await tx.attempt.findUniqueOrThrow({ where });
    const failures = step > before.progress ? 1 : before.failures + 1;
    await tx.attempt.update({
      where,
      data: { failures, progress: Math.max(step, before.progress) },
    });
    if (failures >= maxFailedAttempts) return false;
    const delay = backoffSeconds(failures);
    if ("generation" in job) await enqueueEvolveJob(queue, tx, job, delay);
    else await enqueueTrainerJobs(queue, tx, [job], delay);
    return true;
  });
}

/**
 * Stores under a claim that a candidate's or reference's evaluation failed for good: its reason is
 * its result, and the search goes on. A candidate scores 0 for the strategy. The run fails when more
 * candidates failed than its settings bear.
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED`
 */
export async function failCandidate(
  db: Database,
  queue: Queue,
  claim: WorkClaim,
  failed: { architectureId: string; cause: unknown },
): Promise<void> {
  await writeUnderWorkClaim(db, claim, (tx, run) => recordFailure(tx, queue, run, failed));
}

/**
 * Marks a run as failed with the error's code and message, under a claim on its work, and appends
 * `run.failed`. It can be resumed.
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED`
 */
export async function failRun(db: Database, claim: WorkClaim, cause: unknown): Promise<void> {
  await writeUnderWorkClaim(db, claim, (tx, run) => markFailed(tx, run.id, toOpnasError(cause)));
}

/**
 * Gives up a job that the queue tried too often, for which nobody holds a claim: its candidate, or
 * else its run, fails. Does nothing when the run is not open or the candidate has a result.
 */
export async function giveUpRunJob(
  db: Database,
  queue: Queue,
  job: RunJob,
  cause: OpnasError,
): Promise<void> {
  await db.$transaction(async (tx) => {
    if ((await tx.searchRun.count({ where: { id: job.runId } })) === 0) return;
    const run = await lockRun(tx, job.runId);
    if (run.status !== "QUEUED" && run.status !== "RUNNING") return;
    if ("architectureId" in job) {
      await recordFailure(tx, queue, run, { architectureId: job.architectureId, cause });
    } else await markFailed(tx, run.id, cause);
  });
}

async function recordFailure(
  tx: Transaction,
  queue: Queue,
  run: SearchRun,
  { architectureId, cause }: { architectureId: string; cause: unknown },
): Promise<void> {
  const { code, message } = toOpnasError(cause);
  const { generationId, reference, failureCode, evaluations } =
    await tx.architecture.findUniqueOrThrow({
      where: { id: architectureId },
      select: {
        generationId: true,
        reference: true,
        failureCode: true,
        evaluations: { select: { id: true } },
      },
    });
  if (evaluations.length > 0 || failureCode !== null) return;
  const data = { failureCode: code, failureReason: message };
  await tx.architecture.update({ where: { id: architectureId }, data });
  if (reference !== null) {
    const payload = { architectureId, code, message };
    await appendEvents(tx, run.id, [{ kind: "reference.failed", payload }]);
    await countReference(tx, queue, run.id);
    return;
  }
  const payload = { architectureId, generationId, code, message };
  await countFailure(tx, queue, run.id, { kind: "candidate.failed", payload });
  const { failures } = await tx.searchRun.update({
    where: { id: run.id },
    data: { failures: { increment: 1 } },
  });
  await failAboveShare(tx, run, failures, message);
}

/** Marks a run as failed when more of its candidates failed than its settings bear. */
async function failAboveShare(
  tx: Transaction,
  run: SearchRun,
  failures: number,
  lastReason: string,
): Promise<void> {
  const settings = settingsOfRun(run);
  const { _sum } = await tx.generation.aggregate({
    where: { runId: run.id },
    _sum: { size: true },
  });
  const proposed = _sum.size ?? 0;
  if (failures <= bearableFailures(settings, proposed)) return;
  const sentence = `${failures} of ${proposed} candidates failed, more than the share of ${settings.failures.share} that the run bears (setting failures.share). The last one: ${lastReason} Read the failed candidates' reasons, mend the cause and resume the run; it then tries them again.`;
  await markFailed(tx, run.id, new OpnasError("TOO_MANY_FAILURES", sentence));
}

/** Writes that a run has failed; the caller holds the lock of its row and has seen that it is open. */
async function markFailed(
  tx: Transaction,
  runId: string,
  { code, message }: OpnasError,
): Promise<void> {
  await tx.searchRun.update({
    where: { id: runId },
    data: {
      status: "FAILED",
      error: { code, message },
      etaSeconds: null,
      waitingReason: null,
      finishedAt: await databaseTime(tx),
    },
  });
  await appendEvents(tx, runId, [{ kind: "run.failed", payload: { code, message } }]);
}
