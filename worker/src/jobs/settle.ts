import { OpnasError, toOpnasError } from "@opnas/core";
import {
  type Database,
  databaseError,
  evolveJobSchema,
  failPretraining,
  failRun,
  trainerJobSchema,
} from "@opnas/prisma";
import { z } from "zod";
import type { JobContext } from "./context.js";

const anyJobSchema = z.union([trainerJobSchema, evolveJobSchema]);

/**
 * Runs a job's handler and decides, in this one place, what its failure means. Throwing makes the
 * queue try again; returning ends the job.
 */
export async function settle(
  { db, stopping }: JobContext,
  job: { data: unknown } | undefined,
  handle: (data: unknown) => Promise<void>,
): Promise<void> {
  if (job === undefined) return;
  try {
    await handle(job.data);
  } catch (error) {
    const known = error instanceof OpnasError ? error : databaseError(error);
    // Stopped by the worker's own end: another attempt goes on. Paused or replaced: nothing to do.
    if (known.code === "STOPPED" && !stopping.aborted) return;
    if (known.code === "ATTEMPT_REPLACED") return;
    if (known.kind === "retryable") throw known;
    console.error(error);
    await failWork(db, job.data, toOpnasError(error));
  }
}

/** Gives up the work of a job that is out of attempts. */
export async function settleDead(
  { db }: JobContext,
  job: { data: unknown } | undefined,
): Promise<void> {
  if (job === undefined) return;
  const sentence = "A job was given up after many attempts; see the worker's log.";
  await failWork(db, job.data, new OpnasError("WORKER_LOST", sentence));
}

/** Marks the run or the pre-training that a job belongs to as failed. */
async function failWork(db: Database, data: unknown, error: OpnasError): Promise<void> {
  const job = anyJobSchema.parse(data);
  if ("trainingId" in job) await failPretraining(db, job.trainingId, error);
  else await failRun(db, job.runId, error);
}
