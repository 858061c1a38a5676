import type { Database, Transaction } from "../client.js";
import type { CandidateResult } from "../contracts/candidateResult.js";
import { appendEvents } from "./row.js";
import type { RunEventInput } from "../contracts/runEvents.js";
import { Prisma, type SearchRun } from "../generated/client.js";
import { enqueueEvolveJob, type Queue } from "../queue.js";
import { liveSlots } from "../workers.js";
import { type WorkClaim, writeUnderWorkClaim } from "./claim.js";

/**
 * Stores a candidate's result; the last of its generation closes it and enqueues the next. A
 * reference counts in no generation; where the run waited for it alone, the run's end is enqueued.
 * A result that is there already is left alone, so a repeated job is harmless.
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
    await advance(tx, run, score);
    await appendEvents(tx, run.id, events);
  });
}

/** Counts one more score in a generation; the closed generation's figures if it was the last. */
async function countInGeneration(tx: Transaction, generationId: string, score: number) {
  const counted = await tx.generation.update({
    where: { id: generationId },
    data: { evaluated: { increment: 1 } },
  });
  const bestScore = Math.max(score, counted.bestScore ?? score);
  // Added up in one order whatever came first, so that equal searches have equal means to the bit.
  const scored = await tx.architecture.findMany({
    where: { generationId, reference: null, score: { not: null } },
    orderBy: { indexInGeneration: "asc" },
    select: { score: true },
  });
  const meanScore = scored.reduce((sum, each) => sum + (each.score ?? 0), 0) / scored.length;
  const isLast = counted.evaluated === counted.size;
  await tx.generation.update({
    where: { id: generationId },
    data: { bestScore, meanScore, ...(isLast ? { finishedAt: new Date() } : {}) },
  });
  return isLast ? { index: counted.index, bestScore, meanScore } : null;
}

/** Candidates whose time the estimate of the rest is taken from. */
const recentCandidates = 16;

async function advance(tx: Transaction, run: SearchRun, score: number): Promise<void> {
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
