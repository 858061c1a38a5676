import { OpnasError } from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import type { RunEventInput } from "../contracts/runEvents.js";
import { appendEvents, lockRun } from "./row.js";
import type { SearchRun } from "../generated/client.js";

/**
 * The right to write for one piece of a run's work. A killed or slow worker's job is given to
 * another while the first may still be alive; each claim raises the attempt, and only the newest
 * may write (fencing).
 */
export interface WorkClaim {
  runId: string;
  /** See `workKey` in contracts/jobs.ts. */
  workKey: string;
  attempt: number;
  workerId: string;
}

/**
 * Claims a task of a run that is queued or running; a queued run starts running by it.
 * @param event told in the same transaction, from the attempt's number
 * @returns null when the run is paused or has ended: there is nothing to do
 */
export async function claimWork(
  db: Database,
  wanted: { runId: string; workKey: string; workerId: string },
  event?: (attempt: number) => RunEventInput,
): Promise<{ claim: WorkClaim; run: SearchRun } | null> {
  return db.$transaction(async (tx) => {
    const run = await lockRun(tx, wanted.runId);
    if (run.status !== "QUEUED" && run.status !== "RUNNING") return null;
    const key = { runId: wanted.runId, workKey: wanted.workKey };
    const { attempt } = await tx.attempt.upsert({
      where: { runId_workKey: key },
      create: { ...key, attempt: 1, workerId: wanted.workerId },
      update: { attempt: { increment: 1 }, workerId: wanted.workerId, time: new Date() },
    });
    const events = event === undefined ? [] : [event(attempt)];
    if (run.status === "QUEUED") {
      await tx.searchRun.update({
        where: { id: run.id },
        data: { status: "RUNNING", startedAt: run.startedAt ?? new Date() },
      });
      events.unshift({ kind: "run.status", payload: { status: "RUNNING", reason: null } });
    }
    if (events.length > 0) await appendEvents(tx, run.id, events);
    return { claim: { ...wanted, attempt }, run };
  });
}

/** Whether the work of a claim is still wanted: its run is running and nobody took it over. */
export async function isWorkWanted(db: Database, claim: WorkClaim): Promise<boolean> {
  const attempt = await db.attempt.findUnique({
    where: { runId_workKey: { runId: claim.runId, workKey: claim.workKey } },
    select: { attempt: true, run: { select: { status: true } } },
  });
  return attempt?.attempt === claim.attempt && attempt.run.status === "RUNNING";
}

/**
 * A transaction that writes what the holder of `claim` found out, with the run's row locked.
 * @throws OpnasError `ATTEMPT_REPLACED` when another attempt took over, `STOPPED` when the run no
 * longer runs; nothing was written then.
 */
export async function writeUnderWorkClaim<T>(
  db: Database,
  claim: WorkClaim,
  write: (tx: Transaction, run: SearchRun) => Promise<T>,
): Promise<T> {
  return db.$transaction(async (tx) => {
    const run = await lockRun(tx, claim.runId);
    const current = await tx.attempt.findUniqueOrThrow({
      where: { runId_workKey: { runId: claim.runId, workKey: claim.workKey } },
    });
    if (current.attempt !== claim.attempt) {
      throw new OpnasError(
        "ATTEMPT_REPLACED",
        `Attempt ${claim.attempt} of ${claim.workKey} was replaced by attempt ${current.attempt}; its result is dropped.`,
      );
    }
    if (run.status !== "RUNNING") {
      throw new OpnasError("STOPPED", `Run ${run.name} is ${run.status.toLowerCase()}.`);
    }
    return write(tx, run);
  });
}
