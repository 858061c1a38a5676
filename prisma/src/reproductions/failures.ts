import { type OpnasError, toOpnasError } from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import { databaseTime } from "../clock.js";
import { enqueueTrainerJobs, type Queue } from "../queue.js";
import { backoffSeconds, maxFailedAttempts } from "../runs/failures.js";
import { type ReproductionClaim, writeUnderReproductionClaim } from "./claim.js";
import { changeReproduction, lockReproduction } from "./row.js";

/**
 * Counts a failed attempt at a reproduction under its claim and enqueues its job again, later after
 * each failure.
 * @returns true when the job is tried again, false when its attempts are exhausted
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED`
 */
export async function retryReproduction(
  db: Database,
  queue: Queue,
  claim: ReproductionClaim,
): Promise<boolean> {
  return writeUnderReproductionClaim(db, claim, async (tx, before) => {
    const failures = before.failures + 1;
    await changeReproduction(tx, claim.reproductionId, { failures });
    if (failures >= maxFailedAttempts) return false;
    await enqueueTrainerJobs(queue, tx, [jobOf(claim.reproductionId)], backoffSeconds(failures));
    return true;
  });
}

/**
 * Marks a reproduction as failed with the error's code and message, under a claim on it.
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED`
 */
export async function failReproduction(
  db: Database,
  claim: ReproductionClaim,
  cause: unknown,
): Promise<void> {
  const { reproductionId } = claim;
  await writeUnderReproductionClaim(db, claim, (tx) => markFailed(tx, reproductionId, cause));
}

/**
 * Gives up a reproduction whose job the queue tried too often, for which nobody holds a claim. Does
 * nothing when it is gone or has ended.
 */
export async function giveUpReproduction(db: Database, id: string, cause: unknown): Promise<void> {
  await whileOpen(db, id, (tx) => markFailed(tx, id, cause));
}

/** Stores the reason why a reproduction waits. Does nothing when it is gone or has ended. */
export async function reportReproductionWaiting(
  db: Database,
  id: string,
  waitingReason: string,
): Promise<void> {
  await whileOpen(db, id, (tx) => changeReproduction(tx, id, { waitingReason }));
}

/**
 * Gives a reproduction's job back to the queue after a fault of the machine that held it; it shows the
 * reason why it waits until it gets on. Does nothing when it is gone or has ended.
 * @param fault.claim the claim on it; absent when the fault came before it
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED` when the claim does not hold any more
 */
export async function giveBackReproduction(
  db: Database,
  queue: Queue,
  id: string,
  fault: { claim: ReproductionClaim | undefined; workerName: string; error: OpnasError },
): Promise<void> {
  const waitingReason = `Worker ${fault.workerName} rests: ${fault.error.message}`;
  const giveBack = async (tx: Transaction) => {
    await changeReproduction(tx, id, { waitingReason });
    await enqueueTrainerJobs(queue, tx, [jobOf(id)]);
  };
  if (fault.claim === undefined) await whileOpen(db, id, giveBack);
  else await writeUnderReproductionClaim(db, fault.claim, giveBack);
}

const jobOf = (reproductionId: string) => ({ kind: "reproduce" as const, reproductionId });

async function whileOpen(
  db: Database,
  id: string,
  change: (tx: Transaction) => Promise<unknown>,
): Promise<void> {
  await db.$transaction(async (tx) => {
    if ((await tx.reproduction.count({ where: { id } })) === 0) return;
    const { status } = await lockReproduction(tx, id);
    if (status === "QUEUED" || status === "RUNNING") await change(tx);
  });
}

async function markFailed(tx: Transaction, id: string, cause: unknown): Promise<void> {
  const { code, message } = toOpnasError(cause);
  await changeReproduction(tx, id, {
    status: "FAILED",
    error: { code, message },
    waitingReason: null,
    finishedAt: await databaseTime(tx),
  });
}
