import { setTimeout as sleep } from "node:timers/promises";
import { type ArtifactStore } from "@opnas/artifacts";
import {
  claimChannel,
  databaseError,
  type Database,
  type Notifications,
  type OrderClaim,
  type Queue,
  type RunWriter,
  type WorkClaim,
} from "@opnas/prisma";
import type { Rest } from "../rest.js";
import type { ClaimLooks } from "./claimLooks.js";
import type { WorkerSettings } from "../settings.js";
import type { Trainers } from "../trainer/pool.js";

/** The means that every job handler of a worker works with. */
export interface JobContext {
  db: Database;
  queue: Queue;
  trainers: Trainers;
  store: ArtifactStore;
  settings: WorkerSettings;
  workerId: string;
  notifications: Pick<Notifications, "listen">;
  /** Claims its candidates and stores their results. */
  writer: RunWriter;
  /** Looks at the claims of its slots. */
  looks: ClaimLooks;
  /** Aborted when the worker stops. */
  stopping: AbortSignal;
  /** The worker's rest after a fault of its machine. */
  rest: Rest;
}

/** Course of one attempt at a job: its handler fills it in, and its failure is judged by it. */
export interface Course {
  /** Right to write that the attempt holds; absent until it has claimed its work. */
  claim?: WorkClaim | OrderClaim;
  /** Steps done that a next attempt goes on from; 0 where that begins anew. */
  step: number;
  /** Tokens a second of a training at present; absent for other work. */
  tokensPerSecond?: number;
}

/**
 * Milliseconds between two looks at a claim of which nothing was heard. All slots of a worker look at
 * the multiples of it, so that one statement answers them.
 */
const checkEveryMilliseconds = 30_000;

/** Milliseconds between two looks at a claim at the least, however much is heard. */
const checkAtMostEveryMilliseconds = 500;

/**
 * Returns a signal that aborts when the worker stops or when a claim's work is no longer wanted (what it
 * belongs to was paused or cancelled, or another attempt took over). It looks when claims are said to
 * have changed, and now and then besides, since a message may be lost. Call `release` when the work is
 * done.
 */
export function watchClaim(
  { stopping, notifications }: Pick<JobContext, "stopping" | "notifications">,
  isWanted: () => Promise<boolean>,
  checkEvery = checkEveryMilliseconds,
) {
  const unwanted = new AbortController();
  const released = new AbortController();
  let heard = new AbortController();
  const unlisten = notifications.listen(claimChannel, () => heard.abort());
  const watch = async () => {
    while (!unwanted.signal.aborted) {
      const signal = AbortSignal.any([released.signal, heard.signal]);
      const untilNext = checkEvery - (performance.now() % checkEvery);
      await sleep(untilNext, undefined, { signal }).catch(() => undefined);
      released.signal.throwIfAborted();
      heard = new AbortController();
      try {
        if (!(await isWanted())) unwanted.abort();
      } catch (error) {
        // The database is away: the work goes on, since its result can only be written under the
        // claim anyway.
        console.error(`Could not check a claim: ${databaseError(error).message}`);
      }
      await sleep(checkAtMostEveryMilliseconds, undefined, { signal: released.signal });
    }
  };
  watch().catch((error: unknown) => {
    // Released while it slept.
    if (!released.signal.aborted) throw error;
  });
  return {
    signal: AbortSignal.any([stopping, unwanted.signal]),
    release: () => {
      unlisten();
      released.abort();
    },
  };
}
