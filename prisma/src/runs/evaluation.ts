import { OpnasError } from "@opnas/core";
import { z } from "zod";
import type { Database, Transaction } from "../client.js";
import type { CandidateResult } from "../contracts/candidateResult.js";
import type { Queue } from "../queue.js";
import { workerSilenceSeconds } from "../workers.js";
import { attemptReplaced, type WorkClaim } from "./claim.js";
import { continueAfterGeneration } from "./nextGeneration.js";
import { countReference } from "./results.js";

/** The result of one evaluation as it is stored. */
export interface FoundEvaluation {
  architectureId: string;
  engine: string;
  overheadSeconds: number;
  result: CandidateResult;
  /** True for a result from outside of the platform, which no worker evaluated. */
  isExternal?: boolean;
}

/** A result with the claim under which it is stored. */
export interface ClaimedEvaluation extends FoundEvaluation {
  claim: WorkClaim;
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
  const evaluation = { ...found, claim };
  const [outcome] = await storeResults(db, claim.runId, [evaluation]);
  if (outcome !== undefined) await followResult(db, queue, evaluation, outcome);
}

const outcomeSchema = z.union([
  z.enum(["stored", "last", "reference", "repeated", "enqueues"]),
  z.templateLiteral(["attempt ", z.int()]),
  z.templateLiteral(["status ", z.string()]),
]);

/** Outcome of storing a result; see `opnas_record_result` and `opnas_store_results` in the migrations. */
export type ResultOutcome = z.infer<typeof outcomeSchema>;

/**
 * Stores results of one run under one lock of its row, in one statement, but for those after which a job
 * may be to be enqueued.
 * @returns the outcome of each, for `followResult`
 */
export async function storeResults(
  db: Database,
  runId: string,
  evaluations: readonly ClaimedEvaluation[],
): Promise<ResultOutcome[]> {
  const [row] = await db.$queryRaw<unknown[]>`
    SELECT opnas_store_results(
             ${runId}::uuid,
             ${evaluations.map(({ claim }) => claim.workKey)}::text[],
             ${evaluations.map(({ claim }) => claim.attempt)}::int[],
             ${evaluations.map(workerOf)}::uuid[],
             ${evaluations.map(({ architectureId }) => architectureId)}::uuid[],
             ${evaluations.map(textOf)}::text[]::jsonb[],
             ${evaluations.map(({ engine }) => engine)}::text[],
             ${workerSilenceSeconds}::int
           ) AS outcomes`;
  return z.object({ outcomes: z.array(outcomeSchema) }).parse(row).outcomes;
}

/** Stores a result within the caller's transaction, which enqueues the job that follows from it. */
async function storeWithJob(
  tx: Transaction,
  evaluation: ClaimedEvaluation,
): Promise<ResultOutcome> {
  const { claim, architectureId, engine } = evaluation;
  const [row] = await tx.$queryRaw<unknown[]>`
    SELECT opnas_record_result(
             ${claim.runId}::uuid, ${claim.workKey}, ${claim.attempt}::int, ${workerOf(evaluation)}::uuid,
             ${architectureId}::uuid, ${textOf(evaluation)}::jsonb, ${engine}, ${workerSilenceSeconds}::int, true
           ) AS outcome`;
  return z.object({ outcome: outcomeSchema }).parse(row).outcome;
}

const workerOf = ({ claim, isExternal }: ClaimedEvaluation) =>
  isExternal === true ? null : claim.workerId;

const textOf = ({ result, overheadSeconds }: ClaimedEvaluation) =>
  JSON.stringify({ ...result, timings: { ...result.timings, overheadSeconds } });

/**
 * Does what follows from the outcome of `storeResults`: stores a result after which a job may be to be
 * enqueued, with that job, in a transaction.
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED`
 */
export async function followResult(
  db: Database,
  queue: Queue,
  evaluation: ClaimedEvaluation,
  outcome: ResultOutcome,
): Promise<void> {
  requireStored(evaluation.claim, outcome);
  if (outcome !== "enqueues") return;
  const { claim } = evaluation;
  await db.$transaction(async (tx) => {
    const again = await storeWithJob(tx, evaluation);
    requireStored(claim, again);
    if (again === "last") {
      const { generationId } = await tx.architecture.findUniqueOrThrow({
        where: { id: evaluation.architectureId },
        select: { generationId: true },
      });
      await continueAfterGeneration(tx, queue, claim.runId, generationId);
    }
    if (again === "reference") await countReference(tx, queue, claim.runId);
  });
}

/** Throws for a result that was not stored because its claim does not hold. */
function requireStored(claim: WorkClaim, outcome: ResultOutcome): void {
  const [what, detail = ""] = outcome.split(" ");
  if (what === "attempt") throw attemptReplaced(claim, detail);
  if (what === "status") {
    throw new OpnasError("STOPPED", `The run of ${claim.workKey} is ${detail.toLowerCase()}.`);
  }
}
