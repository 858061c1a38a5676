import type { Database } from "../client.js";
import { appendEvents } from "./row.js";
import { enqueueEvolveJob, type Queue } from "../queue.js";
import { type WorkClaim, writeUnderWorkClaim } from "./claim.js";

export interface SuperNetProgress {
  step: number;
  total: number;
  /** Mean masked-LM loss since the last report, in nats; null while data is prepared. */
  loss: number | null;
  tokensPerSecond: number;
  etaSeconds: number | null;
  /** What is being done, where it is not the training itself. */
  note: string | null;
}

/** Stores and tells the super-net's progress; called every few seconds, not every step. */
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
      },
    });
    await appendEvents(tx, claim.runId, [{ kind: "supernet.progress", payload: progress }]);
  });
}

/** The super-net is trained: tells so and enqueues the initial population. */
export async function finishSuperNet(
  db: Database,
  queue: Queue,
  claim: WorkClaim,
  result: { steps: number; seconds: number; engine: string; candidates: number },
): Promise<void> {
  await writeUnderWorkClaim(db, claim, async (tx) => {
    await tx.searchRun.update({
      where: { id: claim.runId },
      data: {
        phase: "SEARCHING",
        engine: result.engine,
        superNetSeconds: result.seconds,
        progressDone: 0,
        progressTotal: result.candidates,
        etaSeconds: null,
        progressNote: null,
      },
    });
    const { steps, seconds } = result;
    await appendEvents(tx, claim.runId, [
      { kind: "supernet.finished", payload: { steps, seconds } },
    ]);
    await enqueueEvolveJob(queue, tx, { runId: claim.runId, generation: 0 });
  });
}
