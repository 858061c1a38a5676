import { OpnasError, type SearchSettings, searchSettingsSchema, toOpnasError } from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import { isUniqueViolation } from "../databaseError.js";
import { appendEvents, lockRun } from "./row.js";
import type { RunStatus, SearchRun } from "../generated/client.js";
import { enqueueEvolveJob, enqueueTrainerJobs, type Queue } from "../queue.js";

export interface NewRun {
  name: string;
  seed: number;
  preset: string;
  settings: SearchSettings;
  /** The same key again returns the run that it first made. */
  idempotencyKey?: string | undefined;
}

/** Records a run, its first event and its first job in one transaction. */
export async function startRun(db: Database, queue: Queue, input: NewRun): Promise<SearchRun> {
  try {
    return await db.$transaction(async (tx) => {
      const run = await tx.searchRun.create({
        data: {
          name: input.name,
          seed: input.seed,
          preset: input.preset,
          strategy: input.settings.strategy,
          settings: input.settings,
          idempotencyKey: input.idempotencyKey ?? null,
        },
      });
      const { name, preset, seed } = input;
      await appendEvents(tx, run.id, [{ kind: "run.created", payload: { name, preset, seed } }]);
      await enqueueTrainerJobs(queue, tx, [{ kind: "superNet", runId: run.id }]);
      return tx.searchRun.findUniqueOrThrow({ where: { id: run.id } });
    });
  } catch (error) {
    if (input.idempotencyKey !== undefined && isUniqueViolation(error)) {
      return db.searchRun.findUniqueOrThrow({ where: { idempotencyKey: input.idempotencyKey } });
    }
    throw error;
  }
}

export type RunAction = "pause" | "resume" | "cancel";

/** Which states an action may start from, and where it leads. */
const transitions: Record<RunAction, { from: readonly RunStatus[]; to: RunStatus }> = {
  pause: { from: ["QUEUED", "RUNNING"], to: "PAUSED" },
  resume: { from: ["PAUSED"], to: "QUEUED" },
  cancel: { from: ["QUEUED", "RUNNING", "PAUSED"], to: "CANCELLED" },
};

/**
 * Pauses, resumes or cancels a run. Handlers notice within a second and stop between steps; asking
 * for the state that a run is in already changes nothing.
 * @throws OpnasError `NOT_FOUND`, `WRONG_STATE`
 */
export async function changeRunState(
  db: Database,
  queue: Queue,
  runId: string,
  action: RunAction,
): Promise<SearchRun> {
  return db.$transaction(async (tx) => {
    const { from, to } = transitions[action];
    await requireRun(tx, runId);
    const run = await lockRun(tx, runId);
    if (run.status === to || (action === "resume" && run.status === "RUNNING")) return run;
    if (!from.includes(run.status)) {
      throw new OpnasError(
        "WRONG_STATE",
        `Run ${run.name} is ${run.status.toLowerCase()} and cannot be ${action === "cancel" ? "cancelled" : `${action}d`}.`,
      );
    }
    await tx.searchRun.update({
      where: { id: runId },
      data: {
        status: to,
        etaSeconds: null,
        ...(to === "CANCELLED" ? { finishedAt: new Date() } : {}),
      },
    });
    await appendEvents(tx, runId, [
      { kind: "run.status", payload: { status: to, reason: `${action} was asked for` } },
    ]);
    if (action === "resume") await enqueueOpenWork(queue, tx, runId);
    return tx.searchRun.findUniqueOrThrow({ where: { id: runId } });
  });
}

async function requireRun(tx: Transaction, runId: string): Promise<void> {
  const found = await tx.searchRun.count({ where: { id: runId } });
  if (found === 0) throw new OpnasError("NOT_FOUND", `There is no run ${runId}.`);
}

/**
 * Enqueues whatever stands between a run's stored state and its end: the super-net, or the
 * architectures without a score and, unless a candidate is among them, the next generation.
 */
async function enqueueOpenWork(queue: Queue, tx: Transaction, runId: string): Promise<void> {
  const run = await tx.searchRun.findUniqueOrThrow({ where: { id: runId } });
  if (run.phase === "PREPARING" || run.phase === "SUPERNET") {
    await enqueueTrainerJobs(queue, tx, [{ kind: "superNet", runId }]);
    return;
  }
  const open = await tx.architecture.findMany({
    where: { runId, evaluations: { none: {} } },
    orderBy: [{ generation: { index: "asc" } }, { indexInGeneration: "asc" }],
    select: { id: true, reference: true },
  });
  if (open.length > 0) {
    const jobs = open.map(({ id }) => ({ kind: "evaluate" as const, runId, architectureId: id }));
    await enqueueTrainerJobs(queue, tx, jobs);
  }
  if (open.some(({ reference }) => reference === null)) return;
  const generation = await tx.generation.count({ where: { runId } });
  await enqueueEvolveJob(queue, tx, { runId, generation });
}

/** Marks a run that has not ended as failed, with the error's code and sentence. */
export async function failRun(db: Database, runId: string, cause: unknown): Promise<void> {
  const { code, message } = toOpnasError(cause);
  await db.$transaction(async (tx) => {
    const run = await lockRun(tx, runId);
    if (run.status === "DONE" || run.status === "CANCELLED" || run.status === "FAILED") return;
    await tx.searchRun.update({
      where: { id: runId },
      data: {
        status: "FAILED",
        error: { code, message },
        etaSeconds: null,
        finishedAt: new Date(),
      },
    });
    await appendEvents(tx, runId, [{ kind: "run.failed", payload: { code, message } }]);
  });
}

/** A run's settings, checked: they were written by this or an older version. */
export function settingsOfRun(run: Pick<SearchRun, "settings">): SearchSettings {
  return searchSettingsSchema.parse(run.settings);
}
