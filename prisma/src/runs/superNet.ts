import type { Database } from "../client.js";
import type { SearchRun } from "../generated/client.js";
import { enqueueJobs, enqueueTrainerJobs, type Queue } from "../queue.js";
import { type WorkClaim, writeUnderWorkClaim } from "./claim.js";
import { settingsOfRun } from "./lifecycle.js";
import { openJobs } from "./openWork.js";
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

/** A trained super-net's file, which candidates inherit from. */
export interface SuperNetArtifact {
  /** Its name in the run's folder. */
  file: string;
  checksum: string;
  /** Id of the artifact store that holds it. */
  store: string;
}

/**
 * Moves a run whose super-net is trained to the phase `SEARCHING`, under the lock of its row: names
 * the super-net's file, appends `supernet.finished` and enqueues the run's open work. That is the
 * evolve job of generation 0 or, where a lost super-net was trained again, what was left of the
 * search. Does nothing when this artifact is named already, so that a repeated write is harmless.
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED`
 */
export async function finishSuperNet(
  db: Database,
  queue: Queue,
  claim: WorkClaim,
  result: {
    steps: number;
    seconds: number;
    engine: string;
    candidates: number;
    skipped?: number;
    artifact?: SuperNetArtifact;
  },
): Promise<void> {
  await writeUnderWorkClaim(db, claim, async (tx, run) => {
    const { steps, seconds, artifact } = result;
    if (artifact !== undefined && run.superNetFile === artifact.file) return;
    const evaluated = await tx.evaluation.count({
      where: { runId: run.id, architecture: { reference: null } },
    });
    await tx.searchRun.update({
      where: { id: claim.runId },
      data: {
        phase: "SEARCHING",
        engine: result.engine,
        superNetSeconds: seconds,
        superNetSkipped: result.skipped ?? 0,
        superNetFile: artifact?.file ?? null,
        superNetChecksum: artifact?.checksum ?? null,
        superNetStore: artifact?.store ?? null,
        progressDone: evaluated + run.failures,
        progressTotal: result.candidates,
        etaSeconds: null,
        progressNote: null,
        waitingReason: null,
      },
    });
    await appendEvents(tx, claim.runId, [
      { kind: "supernet.finished", payload: { steps, seconds } },
    ]);
    await enqueueJobs(queue, tx, await openJobs(tx, claim.runId));
  });
}

/**
 * Moves a run whose super-net turned out to be missing or damaged back to the phase `SUPERNET`, for
 * the holder of a claim on one of its candidates: appends `supernet.progress` with the reason and
 * enqueues the super-net's job. Open candidates wait until it is done, and then get new jobs.
 * @param unusable the name of the super-net's file that was read; null for one without a stored name
 * @returns the run as it is now: another super-net may be there by now, and then nothing is changed
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED`
 */
export async function requestSuperNet(
  db: Database,
  queue: Queue,
  claim: WorkClaim,
  unusable: { file: string | null; reason: string },
): Promise<SearchRun> {
  return writeUnderWorkClaim(db, claim, async (tx, run) => {
    if (run.phase !== "SEARCHING" || run.superNetFile !== unusable.file) return run;
    const total = settingsOfRun(run).superNet.steps;
    const note = `The super-net cannot be used and is trained again. ${unusable.reason}`;
    const progress = { step: 0, total, loss: null, tokensPerSecond: 0, etaSeconds: null, note };
    const changed = await tx.searchRun.update({
      where: { id: run.id },
      data: {
        phase: "SUPERNET",
        superNetFile: null,
        superNetChecksum: null,
        superNetStore: null,
        progressDone: 0,
        progressTotal: total,
        etaSeconds: null,
        progressNote: note,
      },
    });
    await appendEvents(tx, run.id, [{ kind: "supernet.progress", payload: progress }]);
    await enqueueTrainerJobs(queue, tx, [{ kind: "superNet", runId: run.id }]);
    return changed;
  });
}
