import type { Transaction } from "../client.js";
import type { RunEventInput } from "../contracts/runEvents.js";
import type { SearchRun } from "../generated/client.js";
import type { Queue } from "../queue.js";
import { slotsOfLiveWorkers } from "../workers.js";
import { enqueueNextGeneration, isOpen } from "./openWork.js";

/**
 * Counts a candidate's result, or its failure as a null score, in its generation and in the run's
 * progress. The last one of a generation closes it and enqueues the evolve job of the next, unless a
 * candidate of another generation is open. The caller holds the lock of the run's row.
 * @returns the events to append after the result's own
 */
export async function countResult(
  tx: Transaction,
  queue: Queue,
  run: SearchRun,
  { generationId, score }: { generationId: string; score: number | null },
): Promise<RunEventInput[]> {
  const closed = await countInGeneration(tx, generationId, score);
  await updateProgress(tx, run.id, score);
  if (closed === null) return [];
  const open = await tx.architecture.count({
    where: { runId: run.id, reference: null, ...isOpen },
  });
  if (open === 0) await enqueueNextGeneration(queue, tx, run.id);
  return [{ kind: "generation.finished", payload: { generationId, ...closed } }];
}

/**
 * Enqueues the evolve job that ends the run when a reference's result was the last that it waited
 * for. The caller holds the lock of the run's row.
 */
export async function countReference(tx: Transaction, queue: Queue, runId: string): Promise<void> {
  const open = await tx.architecture.count({ where: { runId, ...isOpen } });
  if (open === 0) await enqueueNextGeneration(queue, tx, runId);
}

/**
 * Adds one score, or a failure, to a generation's count, best and mean. The mean is summed in a fixed order, not
 * in order of arrival, so that equal searches have bit-equal means.
 * @returns the figures of the generation when this was its last result, else null
 */
async function countInGeneration(tx: Transaction, generationId: string, score: number | null) {
  const [counted] = await tx.$queryRaw<
    [
      {
        index: number;
        isLast: boolean;
        bestScore: number | null;
        meanScore: number | null;
      },
    ]
  >`
    UPDATE "Generation" AS generation
       SET evaluated = evaluated + 1,
           "bestScore" = greatest("bestScore", ${score}),
           "meanScore" = (
             SELECT sum(score ORDER BY "indexInGeneration") / count(score) FROM "Architecture"
              WHERE "generationId" = generation.id AND reference IS NULL AND score IS NOT NULL
           ),
           "finishedAt" = CASE WHEN evaluated + 1 = size THEN clock_timestamp() END
     WHERE id = ${generationId}::uuid
     RETURNING index, evaluated = size AS "isLast", "bestScore", "meanScore"`;
  const { index, isLast, bestScore, meanScore } = counted;
  return isLast ? { index, bestScore: bestScore ?? 0, meanScore: meanScore ?? 0 } : null;
}

/** Number of newest evaluations from which the remaining time is estimated. */
const recentCandidates = 16;

/** Counts one more candidate in the run's progress and updates its best score and remaining time. */
async function updateProgress(tx: Transaction, runId: string, score: number | null): Promise<void> {
  await tx.$executeRaw`
    UPDATE "SearchRun"
       SET "progressDone" = "progressDone" + 1,
           "bestScore" = greatest("bestScore", ${score}),
           "waitingReason" = NULL,
           "etaSeconds" = ("progressTotal" - "progressDone" - 1) * (
             SELECT coalesce(avg(seconds), 0) FROM (
               SELECT (SELECT sum(value::float8) FROM jsonb_each_text(timings)) AS seconds
                 FROM "Evaluation" WHERE "runId" = ${runId}::uuid
                ORDER BY "createdAt" DESC LIMIT ${recentCandidates}
             ) AS recent
           ) / greatest(1, ${slotsOfLiveWorkers})
     WHERE id = ${runId}::uuid`;
}
