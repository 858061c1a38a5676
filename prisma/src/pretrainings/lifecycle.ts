import { isDeepStrictEqual } from "node:util";
import { OpnasError, type PretrainSettings, pretrainSettingsSchema } from "@opnas/core";
import { pretrainingChannel } from "../channels.js";
import type { Database, Transaction } from "../client.js";
import { databaseTime } from "../clock.js";
import { isUniqueViolation } from "../databaseError.js";
import { Prisma, type Pretraining } from "../generated/client.js";
import { enqueueTrainerJobs, type Queue } from "../queue.js";
import { requireUndeleted } from "../runs/visibility.js";
import { changePretraining, lockPretraining } from "./row.js";

/** The input of `startPretraining`. */
export interface NewPretraining {
  architectureId: string;
  seed: number;
  settings: PretrainSettings;
  /** A repeated request with the same key returns the pre-training of the first. */
  idempotencyKey?: string | undefined;
  /** True for a seed that was drawn rather than asked for: a repeated request may have drawn another. */
  isSeedDrawn?: boolean | undefined;
}

/**
 * Stores a pre-training, enqueues its job and notifies `pretrainingChannel`, in one transaction.
 * @returns the stored pre-training, or the earlier one with the same idempotency key
 * @throws OpnasError `BAD_INPUT` when that pre-training was started with other input
 * @throws an error of Prisma when there is no such architecture, OpnasError `WRONG_STATE` when its run
 * is deleted; nothing is stored then
 */
export async function startPretraining(
  db: Database,
  queue: Queue,
  input: NewPretraining,
): Promise<Pretraining> {
  const { architectureId, seed, settings, idempotencyKey = null } = input;
  try {
    return await db.$transaction(async (tx) => {
      await requireUndeleted(tx, architectureId);
      const pretraining = await tx.pretraining.create({
        data: { architectureId, seed, settings, steps: settings.steps, idempotencyKey },
      });
      await enqueueTrainerJobs(queue, tx, [{ kind: "pretrain", trainingId: pretraining.id }]);
      await tx.$executeRaw`SELECT pg_notify(${pretrainingChannel}, ${pretraining.id})`;
      return pretraining;
    });
  } catch (error) {
    if (idempotencyKey !== null && isUniqueViolation(error)) {
      const first = await db.pretraining.findUniqueOrThrow({ where: { idempotencyKey } });
      const isRepeated =
        first.architectureId === architectureId &&
        (input.isSeedDrawn === true || first.seed === seed) &&
        isDeepStrictEqual(settingsOfPretraining(first), settings);
      if (!isRepeated) {
        const message = `The idempotency key started training ${first.id} with other input: use a new key for another training.`;
        throw new OpnasError("BAD_INPUT", message);
      }
      return first;
    }
    throw error;
  }
}

/**
 * Cancels a pre-training under the lock of its row. Its worker notices within a second and stops
 * between two steps, with a checkpoint. Changes nothing when it is cancelled already.
 * @throws OpnasError `NOT_FOUND`; `WRONG_STATE` when it is done or failed
 */
export async function cancelPretraining(db: Database, id: string): Promise<Pretraining> {
  return db.$transaction(async (tx) => {
    const pretraining = await requireAndLock(tx, id);
    if (pretraining.status === "CANCELLED") return pretraining;
    if (pretraining.status === "DONE" || pretraining.status === "FAILED") {
      throw wrongState(pretraining, "cancelled");
    }
    return changePretraining(tx, id, {
      status: "CANCELLED",
      waitingReason: null,
      finishedAt: await databaseTime(tx),
    });
  });
}

/**
 * Resumes a cancelled or failed pre-training: sets it to `QUEUED` under the lock of its row and
 * enqueues its job, which continues from the last checkpoint. Changes nothing when it is queued or
 * running.
 * @throws OpnasError `NOT_FOUND`; `WRONG_STATE` when it is done or its run is deleted
 */
export async function resumePretraining(
  db: Database,
  queue: Queue,
  id: string,
): Promise<Pretraining> {
  return db.$transaction(async (tx) => {
    const pretraining = await requireAndLock(tx, id);
    if (pretraining.status === "DONE") throw wrongState(pretraining, "resumed");
    if (pretraining.status === "QUEUED" || pretraining.status === "RUNNING") return pretraining;
    await requireUndeleted(tx, pretraining.architectureId);
    await enqueueTrainerJobs(queue, tx, [{ kind: "pretrain", trainingId: id }]);
    return changePretraining(tx, id, {
      status: "QUEUED",
      error: Prisma.DbNull,
      failures: 0,
      failedAt: 0,
      finishedAt: null,
    });
  });
}

/**
 * Parses a pre-training's stored settings, which this or an older version wrote.
 * @throws ZodError when they do not fit the schema
 */
export function settingsOfPretraining({
  settings,
}: Pick<Pretraining, "settings">): PretrainSettings {
  return pretrainSettingsSchema.parse(settings);
}

/** Locks a pre-training's row, or throws `NOT_FOUND`. */
async function requireAndLock(tx: Transaction, id: string): Promise<Pretraining> {
  const found = await tx.pretraining.count({ where: { id } });
  if (found === 0) throw new OpnasError("NOT_FOUND", `There is no training ${id}.`);
  return lockPretraining(tx, id);
}

function wrongState({ id, status }: Pretraining, what: string): OpnasError {
  const message = `Training ${id} is ${status.toLowerCase()} and cannot be ${what}.`;
  return new OpnasError("WRONG_STATE", message);
}
