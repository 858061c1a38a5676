import { OpnasError } from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import type { SearchRun } from "../generated/client.js";
import { lockRun } from "./row.js";

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

/** A wish to claim one job's work. */
export interface WantedWork {
  runId: string;
  workKey: string;
  workerId: string;
  /** Candidate of which `candidate.started` is appended. */
  startedArchitecture?: string;
}

/** A claim with the run as it is then. */
export interface ClaimedWork {
  claim: WorkClaim;
  run: SearchRun;
}

/**
 * Claims one job's work of a run that is queued or running: raises its attempt's number under the
 * lock of the run's row. A queued run starts running, which is reported as `run.status`. One statement,
 * since all claims and results of a run wait for that lock (decision 0041).
 * @returns null when the run is paused or has ended, so that there is nothing to do
 * @throws Prisma's P2025 when there is no such run
 */
export async function claimWork(db: Database, wanted: WantedWork): Promise<ClaimedWork | null> {
  const { runId, workKey, workerId, startedArchitecture = null } = wanted;
  const [row] = await db.$queryRaw<(SearchRun & { attempts: number[] })[]>`
    SELECT claimed.attempts, (claimed.run).*
      FROM opnas_claim_works(
             ${runId}::uuid, ${[workKey]}::text[], ${[workerId]}::uuid[], ${[startedArchitecture]}::uuid[]
           ) AS claimed`;
  if (row === undefined) {
    await db.searchRun.findUniqueOrThrow({ where: { id: runId }, select: { id: true } });
    return null;
  }
  const { attempts, ...run } = row;
  const [attempt] = attempts;
  if (attempt === undefined) throw new Error(`${workKey} of run ${runId} has no attempt.`);
  return { claim: { runId, workKey, workerId, attempt }, run };
}

/** Returns true while the claim's run is running and no newer attempt exists; locks nothing. */
export async function isWorkWanted(db: Database, claim: WorkClaim): Promise<boolean> {
  return (await wantedWork(db, [claim])).length > 0;
}

/** Returns those of the claims whose run is running and that no newer attempt has replaced; locks nothing. */
export async function wantedWork(db: Database, claims: readonly WorkClaim[]): Promise<WorkClaim[]> {
  const runIds = claims.map(({ runId }) => runId);
  const workKeys = claims.map(({ workKey }) => workKey);
  const attempts = claims.map(({ attempt }) => attempt);
  const rows = await db.$queryRaw<{ place: number }[]>`
    SELECT claim.place::int
      FROM unnest(${runIds}::uuid[], ${workKeys}::text[], ${attempts}::int[])
             WITH ORDINALITY AS claim ("runId", "workKey", attempt, place)
      JOIN "Attempt" a
        ON a."runId" = claim."runId" AND a.task = claim."workKey" AND a.attempt = claim.attempt
      JOIN "SearchRun" r ON r.id = claim."runId" AND r.status = 'RUNNING'`;
  const places = new Set(rows.map(({ place }) => place));
  return claims.filter((_, index) => places.has(index + 1));
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
      throw attemptReplaced(claim, current.attempt);
    }
    if (run.status !== "RUNNING") {
      throw new OpnasError("STOPPED", `Run ${run.name} is ${run.status.toLowerCase()}.`);
    }
    return write(tx, run);
  });
}

/** Makes the error of a write whose claim has been replaced by a newer attempt. */
export function attemptReplaced(
  { attempt, workKey }: WorkClaim,
  newer: number | string,
): OpnasError {
  const message = `Attempt ${attempt} of ${workKey} was replaced by attempt ${newer}; its result is dropped.`;
  return new OpnasError("ATTEMPT_REPLACED", message);
}
