import { OpnasError } from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import { databaseTime } from "../clock.js";
import { changeOrder, isOrderOpen, lockOrder, type OrderName, orderTables } from "./kinds.js";

/**
 * The right to write the results of one order (fencing, decision 0004): only the newest attempt may
 * write. A `WorkClaim` is the same right for one job of a run.
 */
export interface OrderClaim extends OrderName {
  attempt: number;
}

/**
 * Claims an order that is queued or running: raises its attempt's number and sets its status to
 * `RUNNING`, under the lock of its row.
 * @param prepare writes more to its row in the same transaction
 * @returns null when it is gone or has ended, so that there is nothing to do
 */
export async function claimOrder(
  db: Database,
  order: OrderName,
  prepare: (tx: Transaction) => Promise<unknown> = () => Promise.resolve(),
): Promise<OrderClaim | null> {
  return db.$transaction(async (tx) => {
    const row = await lockOrder(tx, order);
    if (row === null || !isOrderOpen(row)) return null;
    const { attempt } = await changeOrder(tx, order, {
      status: "RUNNING",
      attempt: { increment: 1 },
      startedAt: row.startedAt ?? (await databaseTime(tx)),
    });
    await prepare(tx);
    return { kind: order.kind, id: order.id, attempt };
  });
}

/** Returns true while a claim's order runs and no newer attempt exists; locks nothing. */
export async function isOrderWanted(db: Database, claim: OrderClaim): Promise<boolean> {
  const row = await orderTables[claim.kind].find(db, claim.id);
  return row?.attempt === claim.attempt && row.status === "RUNNING";
}

/**
 * Runs `write` in a transaction with the order's row locked, for the holder of `claim`.
 * @throws OpnasError `ATTEMPT_REPLACED` when a newer attempt exists, `STOPPED` when the order is gone or
 * is not running; `write` was not called then. Whatever `write` throws rolls the transaction back.
 */
export async function writeUnderOrderClaim<T>(
  db: Database,
  claim: OrderClaim,
  write: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const { noun } = orderTables[claim.kind];
  return db.$transaction(async (tx) => {
    const row = await lockOrder(tx, claim);
    if (row === null) throw new OpnasError("STOPPED", `${noun} ${claim.id} is gone.`);
    if (row.attempt !== claim.attempt) {
      const message = `Attempt ${claim.attempt} of ${noun.toLowerCase()} ${claim.id} was replaced by attempt ${row.attempt}.`;
      throw new OpnasError("ATTEMPT_REPLACED", message);
    }
    if (row.status !== "RUNNING") {
      throw new OpnasError("STOPPED", `${noun} ${claim.id} is ${row.status.toLowerCase()}.`);
    }
    return write(tx);
  });
}
