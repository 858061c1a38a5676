import type { Database } from "../client.js";
import type { CandidateResult } from "../contracts/candidateResult.js";
import { Prisma } from "../generated/client.js";
import type { Queue } from "../queue.js";
import { type WorkClaim, writeUnderWorkClaim } from "./claim.js";
import { isOpen } from "./openWork.js";
import { countReference, countResult } from "./results.js";
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
 * Does nothing when the architecture has a result or has failed already, so that a repeated job is
 * harmless.
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
    /** True for a result from outside of the platform, which no worker evaluated. */
    isExternal?: boolean;
  },
): Promise<void> {
  await writeUnderWorkClaim(db, claim, async (tx, run) => {
    const { architectureId, result } = found;
    const architecture = await tx.architecture.findFirst({
      where: { id: architectureId, ...isOpen },
      select: { generationId: true, reference: true },
    });
    if (architecture === null) return;

    await tx.evaluation.createMany({
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
        workerId: found.isExternal === true ? null : claim.workerId,
      },
    });
    await tx.$executeRaw`
      UPDATE "Architecture"
         SET score = ${result.score}, stability = ${result.stability}::"Stability",
             "stepSeconds" = ${result.stepSeconds}, "updatedAt" = clock_timestamp()
       WHERE id = ${architectureId}::uuid`;
    const { generationId, reference } = architecture;
    const { score, stability } = result;
    if (reference !== null) {
      const payload = { architectureId, score, stability };
      await appendEvents(tx, run.id, [{ kind: "reference.evaluated", payload }]);
      await countReference(tx, queue, run.id);
      return;
    }
    const payload = { architectureId, generationId, score, stability };
    const events = await countResult(tx, queue, run, { generationId, score });
    await appendEvents(tx, run.id, [{ kind: "candidate.evaluated", payload }, ...events]);
  });
}
