import { randomUUID } from "node:crypto";
import { OpnasError } from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import type { CandidateResult } from "../contracts/candidateResult.js";
import { workKey } from "../contracts/jobs.js";
import type { Architecture, SearchRun } from "../generated/client.js";
import type { Queue } from "../queue.js";
import type { WorkClaim } from "./claim.js";
import { recordEvaluation } from "./evaluation.js";
import { failCandidate } from "./failures.js";
import { settingsOfRun } from "./lifecycle.js";
import { appendEvents, lockRun } from "./row.js";

/** Name of the engine of results from outside of the platform. */
export const externalEngine = "external";

/** A candidate that was handed to an evaluator outside of the platform. */
export interface LeasedCandidate {
  architecture: Architecture;
  /** Number of the hand-over, from 1; a report that names an older one is refused. */
  attempt: number;
  /** Time at which the candidate may be handed to another evaluator. */
  expiresAt: Date;
}

/**
 * Hands open candidates of a run with the evaluator `external` to an evaluator outside of the platform,
 * under the lock of the run's row: those that nobody has, and those whose lease ran out, the oldest
 * first. Each hand-over is an attempt at the candidate's work, as a worker's is.
 * @returns the candidates, fewer than asked for or none where no more are open, and the run as it is
 * @throws OpnasError `NOT_FOUND`; `WRONG_STATE` for a run whose candidates the platform evaluates
 */
export async function leaseCandidates(
  db: Database,
  runId: string,
  { count, seconds }: { count: number; seconds: number },
): Promise<{ candidates: LeasedCandidate[]; run: SearchRun }> {
  return db.$transaction(async (tx) => {
    const found = await tx.searchRun.findUnique({ where: { id: runId } });
    if (found === null) throw new OpnasError("NOT_FOUND", `There is no run ${runId}.`);
    requireExternal(found);
    const run = await lockRun(tx, runId);
    if (run.status !== "QUEUED" && run.status !== "RUNNING") return { candidates: [], run };
    const leases = await leaseOpen(tx, runId, count, seconds);
    const rows = await tx.architecture.findMany({
      where: { id: { in: leases.map(({ id }) => id) } },
    });
    const candidates = leases.flatMap(({ id, attempt, expiresAt }) => {
      const architecture = rows.find((row) => row.id === id);
      return architecture === undefined ? [] : [{ architecture, attempt, expiresAt }];
    });
    await appendEvents(
      tx,
      runId,
      leases.map(({ id, attempt, workerId }) => ({
        kind: "candidate.started" as const,
        payload: { architectureId: id, workerId, attempt },
      })),
    );
    return { candidates, run: await tx.searchRun.findUniqueOrThrow({ where: { id: runId } }) };
  });
}

interface Lease {
  id: string;
  attempt: number;
  workerId: string;
  expiresAt: Date;
}

/** Raises the attempts of open candidates that no evaluator holds, in the order of their proposal. */
async function leaseOpen(tx: Transaction, runId: string, count: number, seconds: number) {
  return tx.$queryRaw<Lease[]>`
    WITH open AS (
      SELECT a.id, 'evaluate:' || a.id AS task,
             row_number() OVER (ORDER BY g.index, a."indexInGeneration") AS place
        FROM "Architecture" a
        JOIN "Generation" g ON g.id = a."generationId"
        LEFT JOIN "Attempt" held ON held."runId" = a."runId" AND held.task = 'evaluate:' || a.id
       WHERE a."runId" = ${runId}::uuid AND a."failureCode" IS NULL
         AND NOT EXISTS (SELECT 1 FROM "Evaluation" e WHERE e."architectureId" = a.id)
         AND (held.task IS NULL OR held."expiresAt" <= clock_timestamp())
       ORDER BY g.index, a."indexInGeneration"
       LIMIT ${count}
    ), leased AS (
      INSERT INTO "Attempt" AS attempt ("runId", task, attempt, "workerId", time, "expiresAt")
      SELECT ${runId}::uuid, open.task, 1, ${randomUUID()}::uuid, clock_timestamp(),
             clock_timestamp() + ${seconds} * interval '1 s'
        FROM open
      ON CONFLICT ("runId", task) DO UPDATE
        SET attempt = attempt.attempt + 1, "workerId" = excluded."workerId",
            time = excluded.time, "expiresAt" = excluded."expiresAt"
      RETURNING task, attempt, "workerId", "expiresAt"
    )
    SELECT open.id, leased.attempt, leased."workerId", leased."expiresAt"
      FROM open JOIN leased USING (task) ORDER BY open.place`;
}

/** A report about a candidate from outside of the platform: its result, or why it has none. */
export type ExternalReport = { result: CandidateResult } | { failure: string };

/**
 * Stores the report of an evaluator outside of the platform about a candidate that was handed to it.
 * A repeated report with the same score, or of a failure again, changes nothing.
 * @param attempt number of the hand-over; null for the newest
 * @returns the candidate as it is now
 * @throws OpnasError `NOT_FOUND`; `WRONG_STATE` for a candidate that was never handed out, or that has
 * another score; `ATTEMPT_REPLACED` where another evaluator has it by now; `STOPPED` while its run is
 * paused or when it is over
 */
export async function reportCandidate(
  db: Database,
  queue: Queue,
  architectureId: string,
  attempt: number | null,
  report: ExternalReport,
): Promise<Architecture> {
  const architecture = await db.architecture.findUnique({
    where: { id: architectureId },
    include: { run: true },
  });
  if (architecture === null || architecture.run.deletedAt !== null) {
    throw new OpnasError("NOT_FOUND", `There is no architecture ${architectureId}.`);
  }
  const { run, runId } = architecture;
  requireExternal(run);
  if (isReported(architecture, report)) return architecture;
  const key = workKey({ kind: "evaluate", runId, architectureId });
  const held = await db.attempt.findUnique({
    where: { runId_workKey: { runId, workKey: key } },
  });
  if (held === null) {
    const message = `Candidate ${architecture.name} was handed to nobody: ask for candidates first.`;
    throw new OpnasError("WRONG_STATE", message);
  }
  const { workerId } = held;
  const claim: WorkClaim = { runId, workKey: key, attempt: attempt ?? held.attempt, workerId };
  if ("failure" in report) {
    const cause = new OpnasError("EVALUATION_FAILED", report.failure);
    await failCandidate(db, queue, claim, { architectureId, cause });
  } else {
    const { result } = report;
    const found = { architectureId, engine: externalEngine, overheadSeconds: 0, result };
    await recordEvaluation(db, queue, claim, { ...found, isExternal: true });
  }
  return db.architecture.findUniqueOrThrow({ where: { id: architectureId } });
}

/**
 * Reports whether a candidate has this result already.
 * @throws OpnasError `WRONG_STATE` when it has another
 */
function isReported({ name, score, failureCode }: Architecture, report: ExternalReport): boolean {
  if (score === null && failureCode === null) return false;
  const isSame = "failure" in report ? failureCode !== null : report.result.score === score;
  if (isSame) return true;
  const message = `Candidate ${name} has ${score === null ? "failed" : `the score ${score}`} already, and keeps it.`;
  throw new OpnasError("WRONG_STATE", message);
}

function requireExternal(run: SearchRun): void {
  if (settingsOfRun(run).evaluator === "external") return;
  const message = `The platform itself evaluates the candidates of run ${run.name}: start a run with the setting evaluator "external".`;
  throw new OpnasError("WRONG_STATE", message);
}
