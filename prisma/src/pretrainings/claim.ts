import { OpnasError } from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import type { Pretraining } from "../generated/client.js";
import { changePretraining, lockPretraining } from "./row.js";

/** The right to write for one pretraining, as a `WorkClaim` is for one piece of a run's work (fencing). */
export interface PretrainingClaim {
  pretrainingId: string;
  attempt: number;
}

/**
 * Claims a training that is queued or running; a queued one starts running by it.
 * @returns null when it has ended: there is nothing to do
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
      startedAt: startedAt ?? new Date(),
    });
    return { claim: { pretrainingId, attempt: pretraining.attempt }, pretraining };
  });
}

/** Whether the work of a claim is still wanted: the training runs and nobody took it over. */
export async function isPretrainingWanted(
  db: Database,
  { pretrainingId, attempt }: PretrainingClaim,
): Promise<boolean> {
  const pretraining = await db.pretraining.findUnique({ where: { id: pretrainingId } });
  return pretraining?.attempt === attempt && pretraining.status === "RUNNING";
}

/**
 * A transaction that writes what the holder of `claim` found out, with the training's row locked.
 * @throws OpnasError `ATTEMPT_REPLACED` when another attempt took over, `STOPPED` when the training
 * no longer runs; nothing was written then.
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
