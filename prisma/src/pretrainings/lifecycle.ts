import {
  OpnasError,
  type PretrainSettings,
  pretrainSettingsSchema,
  toOpnasError,
} from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import { isUniqueViolation } from "../databaseError.js";
import { Prisma, type Pretraining } from "../generated/client.js";
import { enqueueTrainerJobs, type Queue } from "../queue.js";
import { changePretraining, lockPretraining } from "./row.js";

export interface NewPretraining {
  architectureId: string;
  seed: number;
  settings: PretrainSettings;
  /** The same key again returns the training that it first made. */
  idempotencyKey?: string | undefined;
}

/** Records a training and its job in one transaction. */
export async function startPretraining(
  db: Database,
  queue: Queue,
  input: NewPretraining,
): Promise<Pretraining> {
  const { architectureId, seed, settings, idempotencyKey = null } = input;
  try {
    return await db.$transaction(async (tx) => {
      const pretraining = await tx.pretraining.create({
        data: { architectureId, seed, settings, steps: settings.steps, idempotencyKey },
      });
      await enqueueTrainerJobs(queue, tx, [{ kind: "pretrain", trainingId: pretraining.id }]);
      return pretraining;
    });
  } catch (error) {
    if (idempotencyKey !== null && isUniqueViolation(error)) {
      return db.pretraining.findUniqueOrThrow({ where: { idempotencyKey } });
    }
    throw error;
  }
}

/**
 * Cancels a pretraining; its worker notices within a second and stops between two steps, with a
 * checkpoint. One that is cancelled already stays so.
 * @throws OpnasError `NOT_FOUND`, `WRONG_STATE`
 */
export async function cancelPretraining(db: Database, id: string): Promise<Pretraining> {
  return db.$transaction(async (tx) => {
    const pretraining = await foundAndLocked(tx, id);
    if (pretraining.status === "CANCELLED") return pretraining;
    if (pretraining.status === "DONE" || pretraining.status === "FAILED") {
      throw wrongState(pretraining, "cancelled");
    }
    return changePretraining(tx, id, { status: "CANCELLED", finishedAt: new Date() });
  });
}

/**
 * Has a cancelled or failed training go on from its last checkpoint. One that is under way stays so.
 * @throws OpnasError `NOT_FOUND`, `WRONG_STATE`
 */
export async function resumePretraining(
  db: Database,
  queue: Queue,
  id: string,
): Promise<Pretraining> {
  return db.$transaction(async (tx) => {
    const pretraining = await foundAndLocked(tx, id);
    if (pretraining.status === "DONE") throw wrongState(pretraining, "resumed");
    if (pretraining.status === "QUEUED" || pretraining.status === "RUNNING") return pretraining;
    await enqueueTrainerJobs(queue, tx, [{ kind: "pretrain", trainingId: id }]);
    return changePretraining(tx, id, { status: "QUEUED", error: Prisma.DbNull, finishedAt: null });
  });
}

/** Marks a training that has not ended as failed, with the error's code and sentence. */
export async function failPretraining(db: Database, id: string, cause: unknown): Promise<void> {
  const { code, message } = toOpnasError(cause);
  await db.$transaction(async (tx) => {
    const { status } = await lockPretraining(tx, id);
    if (status !== "QUEUED" && status !== "RUNNING") return;
    const error = { code, message };
    await changePretraining(tx, id, { status: "FAILED", error, finishedAt: new Date() });
  });
}

/** A training's settings, checked: they were written by this or an older version. */
export function settingsOfPretraining({
  settings,
}: Pick<Pretraining, "settings">): PretrainSettings {
  return pretrainSettingsSchema.parse(settings);
}

async function foundAndLocked(tx: Transaction, id: string): Promise<Pretraining> {
  const found = await tx.pretraining.count({ where: { id } });
  if (found === 0) throw new OpnasError("NOT_FOUND", `There is no training ${id}.`);
  return lockPretraining(tx, id);
}

function wrongState({ id, status }: Pretraining, what: string): OpnasError {
  const message = `Training ${id} is ${status.toLowerCase()} and cannot be ${what}.`;
  return new OpnasError("WRONG_STATE", message);
}
