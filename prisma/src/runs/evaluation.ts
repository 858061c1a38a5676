import type { Database, Transaction } from "../client.js";
import { databaseTime } from "../clock.js";
import type { CandidateResult } from "../contracts/candidateResult.js";
import type { RunEventInput } from "../contracts/runEvents.js";
import { Prisma, type SearchRun } from "../generated/client.js";
import { enqueueEvolveJob, type Queue } from "../queue.js";
import { liveSlots } from "../workers.js";
import { type WorkClaim, writeUnderWorkClaim } from "./claim.js";
import { appendEvents } from "./row.js";

/**
 * Stores the result of a candidate or reference and copies its score to the architecture, under the
 * lock of the run's row.
 *
 * A candidate's result appends `candidate.evaluated` and updates the progress of run and generation;
 * the last one of a generation also appends `generation.finished` and enqueues the next evolve job. A
 * reference counts in no generation: its result appends `reference.evaluated` and, when it was the
 * last one that the run waited for, enqueues the evolve job that ends the run.
 *
 * Does nothing when the architecture has a result already, so that a repeated job is harmless.
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED`
 */
export async function recordEvaluation(
  db: Database,
  queue: Queue,
  claim: WorkClaim,
  found: {
    architectureId: string;
    engine: string;
    overheadSeconds: number;
    result: CandidateResult;
  },
): Promise<void> {
  await writeUnderWorkClaim(db, claim, async (tx, run) => {
    const { architectureId, result } = found;
    const architecture = await tx.architecture.findUniqueOrThrow({
      where: { id: architectureId },
      select: { generationId: true, reference: true, evaluations: { select: { id: true } } },
    });
    if (architecture.evaluations.length > 0) return;

    await tx.evaluation.create({
      data: {
        runId: run.id,
        architectureId,
        score: result.score,
        stability: result.stability,
        heldOutLoss: result.heldOutLoss,
        heldOutAccuracy: result.heldOutAccuracy,
        stepSeconds: result.stepSeconds,
        tokenUniformity: result.tokenUniformity ?? Prisma.DbNull,
        taskScores: result.taskScores,
        timings: { ...result.timings, overheadSeconds: found.overheadSeconds },
        engine: found.engine,
        attempt: claim.attempt,
        workerId: claim.workerId,
      },
    });
    await tx.architecture.update({
      where: { id: architectureId },
      data: {
        score: result.score,
        stability: result.stability,
        stepSeconds: result.stepSeconds,
        updatedAt: await databaseTime(tx),
      },
    });
    const { generationId, reference } = architecture;
    const { score, stability } = result;
    if (reference !== null) {
      const payload = { architectureId, score, stability };
      await appendEvents(tx, run.id, [{ kind: "reference.evaluated", payload }]);
      const open = await tx.architecture.count({
        where: { runId: run.id, evaluations: { none: {} } },
      });
      const generation = await tx.generation.count({ where: { runId: run.id } });
      if (open === 0) await enqueueEvolveJob(queue, tx, { runId: run.id, generation });
      return;
    }
    const events: RunEventInput[] = [
      { kind: "candidate.evaluated", payload: { architectureId, generationId, score, stability } },
    ];
    const closed = await countInGeneration(tx, generationId, score);
    if (closed !== null) {
      events.push({ kind: "generation.finished", payload: { generationId, ...closed } });
      await enqueueEvolveJob(queue, tx, { runId: run.id, generation: closed.index + 1 });
    }
    await updateProgress(tx, run, score);
    await appendEvents(tx, run.id, events);
  });
}

/**
 * Adds one score to a generation's count, best and mean.
 * @returns the figures of the generation when this was its last score, else null
 */
async function countInGeneration(tx: Transaction, generationId: string, score: number) {
  const counted = await tx.generation.update({
    where: { id: generationId },
    data: { evaluated: { increment: 1 } },
  });
  const bestScore = Math.max(score, counted.bestScore ?? score);
  // Summed in a fixed order, not in order of arrival, so that equal searches have bit-equal means.
  const scored = await tx.architecture.findMany({
    where: { generationId, reference: null, score: { not: null } },
    orderBy: { indexInGeneration: "asc" },
    select: { score: true },
  });
  const meanScore = scored.reduce((sum, each) => sum + (each.score ?? 0), 0) / scored.length;
  const isLast = counted.evaluated === counted.size;
  await tx.generation.update({
    where: { id: generationId },
    data: { bestScore, meanScore, ...(isLast ? { finishedAt: await databaseTime(tx) } : {}) },
  });
  return isLast ? { index: counted.index, bestScore, meanScore } : null;
}

/** Number of newest evaluations from which the remaining time is estimated. */
const recentCandidates = 16;

/** Counts one more candidate in the run's progress and updates its best score and remaining time. */
async function updateProgress(tx: Transaction, run: SearchRun, score: number): Promise<void> {
  const done = run.progressDone + 1;
  const [recent] = await tx.$queryRaw<{ seconds: number | null }[]>`
    SELECT avg(seconds)::float8 AS seconds FROM (
      SELECT (SELECT sum(value::float8) FROM jsonb_each_text(timings)) AS seconds
        FROM "Evaluation" WHERE "runId" = ${run.id}::uuid
       ORDER BY "createdAt" DESC LIMIT ${recentCandidates}
    ) AS recent`;
  const slots = Math.max(1, await liveSlots(tx));
  const etaSeconds = ((run.progressTotal - done) * (recent?.seconds ?? 0)) / slots;
  await tx.searchRun.update({
    where: { id: run.id },
    data: { progressDone: done, bestScore: Math.max(score, run.bestScore ?? score), etaSeconds },
  });
}
