import { OpnasError } from "@opnas/core";
import { claimChannel } from "../channels.js";
import type { Database, Transaction } from "../client.js";
import type { RunEventInput } from "../contracts/runEvents.js";
import type { SearchRun } from "../generated/client.js";
import { appendEvents, lockRun } from "./row.js";

/**
 * The right to write the result of one job of a run (fencing, decision 0004). A killed or slow
 * worker's job is given to another worker while the first may still be alive; each claim raises the
 * attempt's number, and only the newest attempt may write.
 */
export interface WorkClaim {
  runId: string;
  /** See `workKey` in contracts/jobs.ts. */
  workKey: string;
  attempt: number;
  workerId: string;
}

/**
 * Claims one job's work of a run that is queued or running: raises its attempt's number under the
 * lock of the run's row. A queued run starts running, which is reported as `run.status`.
 * @param event builds an event to append in the same transaction, from the attempt's number
 * @returns null when the run is paused or has ended, so that there is nothing to do
 * @throws Prisma's P2025 when there is no such run
 */
export async function claimWork(
  db: Database,
  wanted: { runId: string; workKey: string; workerId: string },
  event?: (attempt: number) => RunEventInput,
): Promise<{ claim: WorkClaim; run: SearchRun } | null> {
  return db.$transaction(async (tx) => {
    const run = await lockRun(tx, wanted.runId);
    if (run.status !== "QUEUED" && run.status !== "RUNNING") return null;
    const { runId, workKey, workerId } = wanted;
    const [{ attempt, time }] = await tx.$queryRaw<[{ attempt: number; time: Date }]>`
      INSERT INTO "Attempt" AS attempt ("runId", task, attempt, "workerId", time)
      VALUES (${runId}::uuid, ${workKey}, 1, ${workerId}::uuid, clock_timestamp())
      ON CONFLICT ("runId", task) DO UPDATE
        SET attempt = attempt.attempt + 1, "workerId" = excluded."workerId", time = excluded.time
      RETURNING attempt, time`;
    // The earlier attempt's worker may be alive: it stops as soon as it hears of this one.
    if (attempt > 1) await tx.$executeRaw`SELECT pg_notify(${claimChannel}, ${run.id})`;
    const events = event === undefined ? [] : [event(attempt)];
    if (run.status === "QUEUED") {
      await tx.searchRun.update({
        where: { id: run.id },
        data: { status: "RUNNING", startedAt: run.startedAt ?? time },
      });
      events.unshift({ kind: "run.status", payload: { status: "RUNNING", reason: null } });
    }
    if (events.length > 0) await appendEvents(tx, run.id, events);
    return { claim: { ...wanted, attempt }, run };
  });
}

/** Returns true while the claim's run is running and no newer attempt exists; locks nothing. */
export async function isWorkWanted(db: Database, claim: WorkClaim): Promise<boolean> {
  const attempt = await db.attempt.findUnique({
    where: { runId_workKey: { runId: claim.runId, workKey: claim.workKey } },
    select: { attempt: true, run: { select: { status: true } } },
  });
  return attempt?.attempt === claim.attempt && attempt.run.status === "RUNNING";
}

/**
 * Runs `write` in a transaction with the run's row locked, for the holder of `claim`.
 * @throws OpnasError `ATTEMPT_REPLACED` when a newer attempt exists, `STOPPED` when the run is not
 * running; `write` was not called then. Whatever `write` throws rolls the transaction back.
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
