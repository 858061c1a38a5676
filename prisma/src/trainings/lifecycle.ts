import {
  OpnasError,
  type PretrainSettings,
  pretrainSettingsSchema,
  toOpnasError,
} from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import { isUniqueViolation } from "../databaseError.js";
import { Prisma, type Training } from "../generated/client.js";
import { enqueueTraining, type Queue } from "../queue.js";
import { changeTraining, lockTraining } from "./row.js";

export interface NewTraining {
  architectureId: string;
  seed: number;
  settings: PretrainSettings;
  /** The same key again returns the training that it first made. */
  idempotencyKey?: string | undefined;
}

/** Records a training and its job in one transaction. */
export async function startTraining(
  db: Database,
  queue: Queue,
  input: NewTraining,
): Promise<Training> {
  const { architectureId, seed, settings, idempotencyKey = null } = input;
  try {
    return await db.$transaction(async (tx) => {
      const training = await tx.training.create({
        data: { architectureId, seed, settings, steps: settings.steps, idempotencyKey },
      });
      await enqueueTraining(queue, tx, [{ kind: "pretrain", trainingId: training.id }]);
      return training;
    });
  } catch (error) {
    if (idempotencyKey !== null && isUniqueViolation(error)) {
      return db.training.findUniqueOrThrow({ where: { idempotencyKey } });
    }
    throw error;
  }
}

/**
 * Cancels a training; its worker notices within a second and stops between two steps, with a
 * checkpoint. One that is cancelled already stays so.
 * @throws OpnasError `NOT_FOUND`, `WRONG_STATE`
 */
export async function cancelTraining(db: Database, id: string): Promise<Training> {
  return db.$transaction(async (tx) => {
    const training = await foundAndLocked(tx, id);
    if (training.status === "CANCELLED") return training;
    if (training.status === "DONE" || training.status === "FAILED") {
      throw wrongState(training, "cancelled");
    }
    return changeTraining(tx, id, { status: "CANCELLED", finishedAt: new Date() });
  });
}

/**
 * Has a cancelled or failed training go on from its last checkpoint. One that is under way stays so.
 * @throws OpnasError `NOT_FOUND`, `WRONG_STATE`
 */
export async function resumeTraining(db: Database, queue: Queue, id: string): Promise<Training> {
  return db.$transaction(async (tx) => {
    const training = await foundAndLocked(tx, id);
    if (training.status === "DONE") throw wrongState(training, "resumed");
    if (training.status === "QUEUED" || training.status === "RUNNING") return training;
    await enqueueTraining(queue, tx, [{ kind: "pretrain", trainingId: id }]);
    return changeTraining(tx, id, { status: "QUEUED", error: Prisma.DbNull, finishedAt: null });
  });
}

/** Marks a training that has not ended as failed, with the error's code and sentence. */
export async function failTraining(db: Database, id: string, cause: unknown): Promise<void> {
  const { code, message } = toOpnasError(cause);
  await db.$transaction(async (tx) => {
    const { status } = await lockTraining(tx, id);
    if (status !== "QUEUED" && status !== "RUNNING") return;
    const error = { code, message };
    await changeTraining(tx, id, { status: "FAILED", error, finishedAt: new Date() });
  });
}

/** A training's settings, checked: they were written by this or an older version. */
export function settingsOfTraining({ settings }: Pick<Training, "settings">): PretrainSettings {
  return pretrainSettingsSchema.parse(settings);
}

async function foundAndLocked(tx: Transaction, id: string): Promise<Training> {
  const found = await tx.training.count({ where: { id } });
  if (found === 0) throw new OpnasError("NOT_FOUND", `There is no training ${id}.`);
  return lockTraining(tx, id);
}

function wrongState({ id, status }: Training, what: string): OpnasError {
  const message = `Training ${id} is ${status.toLowerCase()} and cannot be ${what}.`;
  return new OpnasError("WRONG_STATE", message);
}
