import { type OpnasError, toOpnasError } from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import { databaseTime } from "../clock.js";
import { enqueueTrainerJobs, type Queue } from "../queue.js";
import { backoffSeconds, maxFailedAttempts } from "../runs/failures.js";
import { type OrderClaim, writeUnderOrderClaim } from "./claim.js";
import { changeOrder, isOrderOpen, lockOrder, type OrderName, orderTables } from "./kinds.js";

/**
 * Counts a failed attempt at an order under its claim and enqueues its job again, later after each
 * failure. An attempt that got further than any that failed before starts the count anew.
 * @param step steps done that a next attempt goes on from, 0 where it begins anew
 * @returns true when the job is tried again, false when its attempts are exhausted
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED`
 */
export async function retryOrder(
  db: Database,
  queue: Queue,
  claim: OrderClaim,
  step: number,
): Promise<boolean> {
  return writeUnderOrderClaim(db, claim, async (tx) => {
    const before = await orderTables[claim.kind].find(tx, claim.id);
    const { failures: earlier = 0, failedAt } = before ?? {};
    const failures = step > (failedAt ?? 0) ? 1 : earlier + 1;
    const progress = failedAt === undefined ? {} : { failedAt: Math.max(step, failedAt) };
    await changeOrder(tx, claim, { failures, ...progress });
    if (failures >= maxFailedAttempts) return false;
    const job = orderTables[claim.kind].job(claim.id);
    await enqueueTrainerJobs(queue, tx, [job], backoffSeconds(failures));
    return true;
  });
}

/**
 * Marks an order as failed with the error's code and message, under a claim on it. A pre-training can be
 * resumed.
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED`
 */
export async function failOrder(db: Database, claim: OrderClaim, cause: unknown): Promise<void> {
  await writeUnderOrderClaim(db, claim, (tx) => markFailed(tx, claim, cause));
}

/**
 * Gives up an order whose job the queue tried too often, for which nobody holds a claim. Does nothing
 * when it is gone or has ended.
 */
export async function giveUpOrder(db: Database, order: OrderName, cause: unknown): Promise<void> {
  await whileOpen(db, order, (tx) => markFailed(tx, order, cause));
}

/** Stores the reason why an order waits. Does nothing when it is gone or has ended. */
export async function reportOrderWaiting(
  db: Database,
  order: OrderName,
  waitingReason: string,
): Promise<void> {
  await whileOpen(db, order, (tx) => changeOrder(tx, order, { waitingReason }));
}

/**
 * Gives an order's job back to the queue after a fault of the machine that held it. It stays open and
 * shows the reason why it waits, until it gets on. Does nothing when it is gone or has ended.
 * @param fault.claim the claim on it; absent when the fault came before it
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED` when the claim does not hold any more
 */
export async function giveBackOrder(
  db: Database,
  queue: Queue,
  order: OrderName,
  fault: { claim: OrderClaim | undefined; workerName: string; error: OpnasError },
): Promise<void> {
  const waitingReason = `Worker ${fault.workerName} rests: ${fault.error.message}`;
  const giveBack = async (tx: Transaction) => {
    await changeOrder(tx, order, { waitingReason });
    await enqueueTrainerJobs(queue, tx, [orderTables[order.kind].job(order.id)]);
  };
  if (fault.claim === undefined) await whileOpen(db, order, giveBack);
  else await writeUnderOrderClaim(db, fault.claim, giveBack);
}

async function whileOpen(
  db: Database,
  order: OrderName,
  change: (tx: Transaction) => Promise<unknown>,
): Promise<void> {
  await db.$transaction(async (tx) => {
    const row = await lockOrder(tx, order);
    if (row !== null && isOrderOpen(row)) await change(tx);
  });
}

async function markFailed(tx: Transaction, order: OrderName, cause: unknown): Promise<void> {
  const { code, message } = toOpnasError(cause);
  await changeOrder(tx, order, {
    status: "FAILED",
    error: { code, message },
    waitingReason: null,
    finishedAt: await databaseTime(tx),
  });
}
