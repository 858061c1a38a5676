import { OpnasError } from "@opnas/core";
import { z } from "zod";
import type { Database, Transaction } from "../client.js";
import type { CandidateResult } from "../contracts/candidateResult.js";
import type { Queue } from "../queue.js";
import { workerSilenceSeconds } from "../workers.js";
import { attemptReplaced, type WorkClaim } from "./claim.js";
import { continueAfterGeneration, countReference } from "./results.js";

/** The result of one evaluation as it is stored. */
export interface FoundEvaluation {
  architectureId: string;
  engine: string;
  overheadSeconds: number;
  result: CandidateResult;
}

/**
 * Stores the result of a candidate or reference and copies its score to the architecture, under the
 * lock of the run's row.
 *
 * A candidate's result appends `candidate.evaluated` and updates the progress of run and generation;
 * the last one of a generation also appends `generation.finished` and enqueues the next evolve job. A
 * reference counts in no generation: its result appends `reference.evaluated` and, when it was the
 * last one that the run waited for, enqueues the evolve job that ends the run.
 *
 * Does nothing when the architecture has a result or has failed already, so that a repeated job is
 * harmless. All but the few results that enqueue a job are stored by one statement, since all claims
 * and results of a run wait for the lock (decision 0041).
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED`
 */
export async function recordEvaluation(
  db: Database,
  queue: Queue,
  claim: WorkClaim,
  found: FoundEvaluation,
): Promise<void> {
  if ((await record(db, claim, found, false)) !== "enqueues") return;
  await db.$transaction(async (tx) => {
    const outcome = await record(tx, claim, found, true);
    if (outcome === "last") await continueAfterGeneration(tx, queue, claim.runId);
    if (outcome === "reference") await countReference(tx, queue, claim.runId);
  });
}

const outcomeSchema = z.union([
  z.enum(["stored", "last", "reference", "repeated", "enqueues"]),
  z.templateLiteral(["attempt ", z.int()]),
  z.templateLiteral(["status ", z.string()]),
]);

/** Stores a result; see `opnas_record_result` in the migrations for what it returns. */
async function record(
  db: Database | Transaction,
  claim: WorkClaim,
  found: FoundEvaluation,
  mayEnqueue: boolean,
) {
  const { runId, workKey, attempt, workerId } = claim;
  const timings = { ...found.result.timings, overheadSeconds: found.overheadSeconds };
  const result = JSON.stringify({ ...found.result, timings });
  const [row] = await db.$queryRaw<unknown[]>`
    SELECT opnas_record_result(
      ${runId}::uuid, ${workKey}, ${attempt}::int, ${workerId}::uuid, ${found.architectureId}::uuid,
      ${result}::jsonb, ${found.engine}, ${workerSilenceSeconds}::int, ${mayEnqueue}::boolean) AS outcome`;
  const { outcome } = z.object({ outcome: outcomeSchema }).parse(row);
  const [what, detail = ""] = outcome.split(" ");
  if (what === "attempt") throw attemptReplaced(claim, detail);
  if (what === "status") {
    const message = `The run of ${workKey} is ${detail.toLowerCase()}.`;
    throw new OpnasError("STOPPED", message);
  }
  return outcome;
}
