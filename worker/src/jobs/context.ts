import { setTimeout as sleep } from "node:timers/promises";
import {
  databaseError,
  type Database,
  type PretrainingClaim,
  type Queue,
  type WorkClaim,
} from "@opnas/prisma";
import type { Rest } from "../rest.js";
import type { WorkerSettings } from "../settings.js";
import type { TrainerPool } from "../trainer/pool.js";

/** The means that every job handler of a worker works with. */
export interface JobContext {
  db: Database;
  queue: Queue;
  trainers: TrainerPool;
  settings: WorkerSettings;
  workerId: string;
  /** Aborted when the worker stops. */
  stopping: AbortSignal;
  /** The worker's rest after a fault of its machine. */
  rest: Rest;
}

/** Course of one attempt at a job: its handler fills it in, and its failure is judged by it. */
export interface Course {
  /** Right to write that the attempt holds; absent until it has claimed its work. */
  claim?: WorkClaim | PretrainingClaim;
  /** Steps done that a next attempt goes on from; 0 where that begins anew. */
  step: number;
}

const checkEveryMilliseconds = 1_000;

/**
 * Returns a signal that aborts when the worker stops or when a claim's work is no longer wanted (what it
 * belongs to was paused or cancelled, or another attempt took over). Call `release` when the work
 * is done.
 */
export function watchClaim(
  { stopping }: Pick<JobContext, "stopping">,
  isWanted: () => Promise<boolean>,
) {
  const unwanted = new AbortController();
  const released = new AbortController();
  const watch = async () => {
    while (!unwanted.signal.aborted) {
      await sleep(checkEveryMilliseconds, undefined, { signal: released.signal });
      try {
        if (!(await isWanted())) unwanted.abort();
      } catch (error) {
        // The database is away: the work goes on, since its result can only be written under the
        // claim anyway.
        console.error(`Could not check a claim: ${databaseError(error).message}`);
      }
    }
  };
  watch().catch((error: unknown) => {
    // Released while it slept.
    if (!released.signal.aborted) throw error;
  });
  return {
    signal: AbortSignal.any([stopping, unwanted.signal]),
    release: () => released.abort(),
  };
}
