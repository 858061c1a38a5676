import { type OpnasError, toOpnasError } from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import { databaseTime } from "../clock.js";
import { enqueueTrainerJobs, type Queue } from "../queue.js";
import { backoffSeconds, maxFailedAttempts } from "../runs/failures.js";
import { type PretrainingClaim, writeUnderPretrainingClaim } from "./claim.js";
import { changePretraining, lockPretraining } from "./row.js";

/**
 * Counts a failed attempt at a pre-training under its claim and enqueues its job again, later after
 * each failure. An attempt that got further than any that failed before starts the count anew.
 * @param step steps done that a next attempt goes on from
 * @returns true when the job is tried again, false when its attempts are exhausted
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED`
 */
export async function retryPretraining(
  db: Database,
  queue: Queue,
  claim: PretrainingClaim,
  step: number,
): Promise<boolean> {
  return writeUnderPretrainingClaim(db, claim, async (tx, before) => {
    const failures = step > before.failedAt ? 1 : before.failures + 1;
    const failedAt = Math.max(step, before.failedAt);
    await changePretraining(tx, claim.pretrainingId, { failures, failedAt });
    if (failures >= maxFailedAttempts) return false;
    const job = { kind: "pretrain", trainingId: claim.pretrainingId } as const;
    await enqueueTrainerJobs(queue, tx, [job], backoffSeconds(failures));
    return true;
  });
}

/**
 * Marks a pre-training as failed with the error's code and message, under a claim on it. It can be
 * resumed.
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED`
 */
export async function failPretraining(
  db: Database,
  claim: PretrainingClaim,
  cause: unknown,
): Promise<void> {
  await writeUnderPretrainingClaim(db, claim, (tx) => markFailed(tx, claim.pretrainingId, cause));
}

/**
 * Gives up a pre-training whose job the queue tried too often, for which nobody holds a claim. Does
 * nothing when it is gone or has ended.
 */
export async function giveUpPretraining(db: Database, id: string, cause: unknown): Promise<void> {
  await whileOpen(db, id, (tx) => markFailed(tx, id, cause));
}

/**
 * Gives a pre-training's job back to the queue after a fault of the machine that held it. It stays
 * open and shows the reason why it waits, until it gets on. Does nothing when it is gone or has ended.
 * @param fault.claim the claim on it; absent when the fault came before it
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED` when the claim does not hold any more
 */
export async function giveBackPretraining(
  db: Database,
  queue: Queue,
  id: string,
  fault: { claim: PretrainingClaim | undefined; workerName: string; error: OpnasError },
): Promise<void> {
  const waitingReason = `Worker ${fault.workerName} rests: ${fault.error.message}`;
  const giveBack = async (tx: Transaction) => {
    await changePretraining(tx, id, { waitingReason });
    await enqueueTrainerJobs(queue, tx, [{ kind: "pretrain", trainingId: id }]);
  };
  if (fault.claim === undefined) await whileOpen(db, id, giveBack);
  else await writeUnderPretrainingClaim(db, fault.claim, giveBack);
}

async function whileOpen(
  db: Database,
  id: string,
  change: (tx: Transaction) => Promise<unknown>,
): Promise<void> {
  await db.$transaction(async (tx) => {
    if ((await tx.pretraining.count({ where: { id } })) === 0) return;
    const { status } = await lockPretraining(tx, id);
    if (status === "QUEUED" || status === "RUNNING") await change(tx);
  });
}

async function markFailed(tx: Transaction, id: string, cause: unknown): Promise<void> {
  const { code, message } = toOpnasError(cause);
  await changePretraining(tx, id, {
    status: "FAILED",
    error: { code, message },
    waitingReason: null,
    finishedAt: await databaseTime(tx),
  });
}
