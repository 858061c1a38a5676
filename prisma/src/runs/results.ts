import type { Transaction } from "../client.js";
import { databaseTime } from "../clock.js";
import type { RunEventInput } from "../contracts/runEvents.js";
import type { SearchRun } from "../generated/client.js";
import type { Queue } from "../queue.js";
import { liveSlots } from "../workers.js";
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
  await updateProgress(tx, run, score);
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
 * Adds one score, or a failure, to a generation's count, best and mean.
 * @returns the figures of the generation when this was its last result, else null
 */
async function countInGeneration(tx: Transaction, generationId: string, score: number | null) {
  const counted = await tx.generation.update({
    where: { id: generationId },
    data: { evaluated: { increment: 1 } },
  });
  const bestScore =
    score === null ? counted.bestScore : Math.max(score, counted.bestScore ?? score);
  // Summed in a fixed order, not in order of arrival, so that equal searches have bit-equal means.
  const scored = await tx.architecture.findMany({
    where: { generationId, reference: null, score: { not: null } },
    orderBy: { indexInGeneration: "asc" },
    select: { score: true },
  });
  const sum = scored.reduce((sum, each) => sum + (each.score ?? 0), 0);
  const meanScore = scored.length === 0 ? null : sum / scored.length;
  const isLast = counted.evaluated === counted.size;
  await tx.generation.update({
    where: { id: generationId },
    data: { bestScore, meanScore, ...(isLast ? { finishedAt: await databaseTime(tx) } : {}) },
  });
  return isLast
    ? { index: counted.index, bestScore: bestScore ?? 0, meanScore: meanScore ?? 0 }
    : null;
}

/** Number of newest evaluations from which the remaining time is estimated. */
const recentCandidates = 16;

/** Counts one more candidate in the run's progress and updates its best score and remaining time. */
async function updateProgress(
  tx: Transaction,
  run: SearchRun,
  score: number | null,
): Promise<void> {
  const done = run.progressDone + 1;
  const [recent] = await tx.$queryRaw<{ seconds: number | null }[]>`
    SELECT avg(seconds)::float8 AS seconds FROM (
      SELECT (SELECT sum(value::float8) FROM jsonb_each_text(timings)) AS seconds
        FROM "Evaluation" WHERE "runId" = ${run.id}::uuid
       ORDER BY "createdAt" DESC LIMIT ${recentCandidates}
    ) AS recent`;
  const slots = Math.max(1, await liveSlots(tx));
  const etaSeconds = ((run.progressTotal - done) * (recent?.seconds ?? 0)) / slots;
  const bestScore = score === null ? run.bestScore : Math.max(score, run.bestScore ?? score);
  await tx.searchRun.update({
    where: { id: run.id },
    data: { progressDone: done, bestScore, etaSeconds, waitingReason: null },
  });
}
