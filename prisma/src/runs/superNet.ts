import type { Database } from "../client.js";
import { enqueueEvolveJob, type Queue } from "../queue.js";
import { type WorkClaim, writeUnderWorkClaim } from "./claim.js";
import { appendEvents } from "./row.js";

/** The progress of a super-net's training. */
export interface SuperNetProgress {
  /** Steps done. */
  step: number;
  /** Steps to do in all. */
  total: number;
  /** Mean masked-LM loss since the last report, in nats; null while data is being prepared. */
  loss: number | null;
  tokensPerSecond: number;
  etaSeconds: number | null;
  /** Name of the preparation under way; null during the training itself. */
  note: string | null;
}

/**
 * Stores the super-net's progress in the run's row and appends `supernet.progress`, under the lock of
 * that row. Callers report every few seconds, not every step.
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED`
 */
export async function reportSuperNet(
  db: Database,
  claim: WorkClaim,
  engine: string,
  progress: SuperNetProgress,
): Promise<void> {
  await writeUnderWorkClaim(db, claim, async (tx) => {
    await tx.searchRun.update({
      where: { id: claim.runId },
      data: {
        phase: progress.note === null ? "SUPERNET" : "PREPARING",
        engine,
        progressDone: progress.step,
        progressTotal: progress.total,
        etaSeconds: progress.etaSeconds,
        progressNote: progress.note,
        waitingReason: null,
      },
    });
    await appendEvents(tx, claim.runId, [{ kind: "supernet.progress", payload: progress }]);
  });
}

/**
 * Moves a run whose super-net is trained to the phase `SEARCHING`, under the lock of its row: appends
 * `supernet.finished` and enqueues the evolve job of generation 0.
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED`
 */
export async function finishSuperNet(
  db: Database,
  queue: Queue,
  claim: WorkClaim,
  result: { steps: number; seconds: number; engine: string; candidates: number; skipped?: number },
): Promise<void> {
  await writeUnderWorkClaim(db, claim, async (tx) => {
    await tx.searchRun.update({
      where: { id: claim.runId },
      data: {
        phase: "SEARCHING",
        engine: result.engine,
        superNetSeconds: result.seconds,
        superNetSkipped: result.skipped ?? 0,
        progressDone: 0,
        progressTotal: result.candidates,
        etaSeconds: null,
        progressNote: null,
        waitingReason: null,
      },
    });
    const { steps, seconds } = result;
    await appendEvents(tx, claim.runId, [
      { kind: "supernet.finished", payload: { steps, seconds } },
    ]);
    await enqueueEvolveJob(queue, tx, { runId: claim.runId, generation: 0 });
  });
}
