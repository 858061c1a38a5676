import { OpnasError } from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import type { Training } from "../generated/client.js";
import { changeTraining, lockTraining } from "./row.js";

/** The right to write for one training, as a `Claim` is for one piece of a run's work (fencing). */
export interface TrainingClaim {
  trainingId: string;
  attempt: number;
}

/**
 * Claims a training that is queued or running; a queued one starts running by it.
 * @returns null when it has ended: there is nothing to do
 */
export async function claimTraining(
  db: Database,
  trainingId: string,
): Promise<{ claim: TrainingClaim; training: Training } | null> {
  return db.$transaction(async (tx) => {
    const { status, startedAt } = await lockTraining(tx, trainingId);
    if (status !== "QUEUED" && status !== "RUNNING") return null;
    const training = await changeTraining(tx, trainingId, {
      status: "RUNNING",
      attempt: { increment: 1 },
      startedAt: startedAt ?? new Date(),
    });
    return { claim: { trainingId, attempt: training.attempt }, training };
  });
}

/** Whether the work of a claim is still wanted: the training runs and nobody took it over. */
export async function isTrainingWanted(
  db: Database,
  { trainingId, attempt }: TrainingClaim,
): Promise<boolean> {
  const training = await db.training.findUnique({ where: { id: trainingId } });
  return training?.attempt === attempt && training.status === "RUNNING";
}

/**
 * A transaction that writes what the holder of `claim` found out, with the training's row locked.
 * @throws OpnasError `ATTEMPT_REPLACED` when another attempt took over, `STOPPED` when the training
 * no longer runs; nothing was written then.
 */
export async function writeUnderTraining<T>(
  db: Database,
  { trainingId, attempt }: TrainingClaim,
  write: (tx: Transaction, training: Training) => Promise<T>,
): Promise<T> {
  return db.$transaction(async (tx) => {
    const training = await lockTraining(tx, trainingId);
    if (training.attempt !== attempt) {
      throw new OpnasError(
        "ATTEMPT_REPLACED",
        `Attempt ${attempt} of training ${trainingId} was replaced by attempt ${training.attempt}.`,
      );
    }
    if (training.status !== "RUNNING") {
      throw new OpnasError(
        "STOPPED",
        `Training ${trainingId} is ${training.status.toLowerCase()}.`,
      );
    }
    return write(tx, training);
  });
}
