import { OpnasError } from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import { databaseTime } from "../clock.js";
import type { Pretraining } from "../generated/client.js";
import { changePretraining, lockPretraining } from "./row.js";

/**
 * The right to write the results of one pre-training (fencing, decision 0004): only the newest attempt
 * may write. A `WorkClaim` is the same right for one job of a run.
 */
export interface PretrainingClaim {
  pretrainingId: string;
  attempt: number;
}

/**
 * Claims a pre-training that is queued or running: raises its attempt's number and sets its status to
 * `RUNNING`, under the lock of its row.
 * @returns null when it has ended, so that there is nothing to do
 * @throws Prisma's P2025 when there is no such pre-training
 */
export async function claimPretraining(
  db: Database,
  pretrainingId: string,
): Promise<{ claim: PretrainingClaim; pretraining: Pretraining } | null> {
  return db.$transaction(async (tx) => {
    const { status, startedAt } = await lockPretraining(tx, pretrainingId);
    if (status !== "QUEUED" && status !== "RUNNING") return null;
    const pretraining = await changePretraining(tx, pretrainingId, {
      status: "RUNNING",
      attempt: { increment: 1 },
      startedAt: startedAt ?? (await databaseTime(tx)),
    });
    return { claim: { pretrainingId, attempt: pretraining.attempt }, pretraining };
  });
}

/** Returns true while a claim's pre-training runs and no newer attempt exists; locks nothing. */
export async function isPretrainingWanted(
  db: Database,
  { pretrainingId, attempt }: PretrainingClaim,
): Promise<boolean> {
  const pretraining = await db.pretraining.findUnique({ where: { id: pretrainingId } });
  return pretraining?.attempt === attempt && pretraining.status === "RUNNING";
}

/**
 * Runs `write` in a transaction with the pre-training's row locked, for the holder of `claim`.
 * @throws OpnasError `ATTEMPT_REPLACED` when a newer attempt exists, `STOPPED` when the pre-training
 * is not running; `write` was not called then. Whatever `write` throws rolls the transaction back.
 */
export async function writeUnderPretrainingClaim<T>(
  db: Database,
  { pretrainingId, attempt }: PretrainingClaim,
  write: (tx: Transaction, pretraining: Pretraining) => Promise<T>,
): Promise<T> {
  return db.$transaction(async (tx) => {
    const pretraining = await lockPretraining(tx, pretrainingId);
    if (pretraining.attempt !== attempt) {
      throw new OpnasError(
        "ATTEMPT_REPLACED",
        `Attempt ${attempt} of training ${pretrainingId} was replaced by attempt ${pretraining.attempt}.`,
      );
    }
    if (pretraining.status !== "RUNNING") {
      throw new OpnasError(
        "STOPPED",
        `Training ${pretrainingId} is ${pretraining.status.toLowerCase()}.`,
      );
    }
    return write(tx, pretraining);
  });
}
