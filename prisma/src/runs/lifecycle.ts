import { isDeepStrictEqual } from "node:util";
import { candidateCount, OpnasError, type SearchSettings, searchSettingsSchema } from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import { databaseTime } from "../clock.js";
import { isUniqueViolation } from "../databaseError.js";
import { Prisma, type RunStatus, type SearchRun } from "../generated/client.js";
import { ofPresentTeam } from "../identity/teams.js";
import { enqueueJobs, type Queue } from "../queue.js";
import { type WorkClaim, writeUnderWorkClaim } from "./claim.js";
import { isOpen } from "./nextGeneration.js";
import { isEvaluatedOutside, openJobs } from "./openWork.js";
import { requireQuota, type RunQuota } from "./quota.js";
import { reopenFailures } from "./reopen.js";
import { appendEvents, lockRun } from "./row.js";
import { requireListed } from "./visibility.js";

/** The input of `startRun`. */
export interface NewRun {
  name: string;
  seed: number;
  preset: string;
  settings: SearchSettings;
  /** A repeated request with the same key returns the run of the first. */
  idempotencyKey?: string | undefined;
  /** The values that were drawn rather than asked for: a repeated request may have drawn others. */
  drawn?: readonly ("name" | "seed")[] | undefined;
  /** The team that owns the run; without one the default team does. */
  teamId?: string | undefined;
  /** The account that starts it. */
  ownerId?: string | undefined;
  /** The most live runs of its account and team; without it there is no limit. */
  quota?: RunQuota | undefined;
}

/**
 * Stores a run with its event `run.created` and enqueues its first job, in one transaction: the
 * super-net, or the first generation of candidates that are evaluated outside of the platform.
 * @returns the stored run, or the earlier run with the same idempotency key
 * @throws OpnasError `BAD_INPUT` when that run was started with other input, `QUOTA_EXCEEDED`,
 * `NOT_FOUND` when its team was deleted meanwhile
 * @throws ZodError or an error of Prisma for values that the tables refuse; nothing is stored then
 */
export async function startRun(db: Database, queue: Queue, input: NewRun): Promise<SearchRun> {
  try {
    return await db.$transaction(async (tx) => {
      const run = await ofPresentTeam(input.teamId, () =>
        tx.searchRun.create({
          data: {
            name: input.name,
            seed: input.seed,
            preset: input.preset,
            strategy: input.settings.strategy,
            settings: input.settings,
            idempotencyKey: input.idempotencyKey ?? null,
            teamId: input.teamId ?? null,
            ownerId: input.ownerId ?? null,
            // Nothing is trained for candidates that are evaluated outside: their search begins at once.
            ...(isEvaluatedOutside(input)
              ? { phase: "SEARCHING" as const, progressTotal: candidateCount(input.settings) }
              : {}),
          },
        }),
      );
      if (input.quota !== undefined) await requireQuota(tx, run, input.quota);
      const { name, preset, seed } = input;
      await appendEvents(tx, run.id, [{ kind: "run.created", payload: { name, preset, seed } }]);
      await enqueueJobs(queue, tx, await openJobs(tx, run.id));
      return tx.searchRun.findUniqueOrThrow({ where: { id: run.id } });
    });
  } catch (error) {
    if (input.idempotencyKey !== undefined && isUniqueViolation(error)) {
      const { idempotencyKey } = input;
      const first = await db.searchRun.findUniqueOrThrow({ where: { idempotencyKey } });
      const where = { runId: first.id, kind: "run.extended" };
      const isExtended = (await db.runEvent.count({ where })) > 0;
      if (!isRepeated(first, isExtended, input)) {
        const message = `The idempotency key started run ${first.name} with other input: use a new key for another search.`;
        throw new OpnasError("BAD_INPUT", message);
      }
      return first;
    }
    throw error;
  }
}

/** Reports whether a stored run, which may have been extended meanwhile, is what the input asks for. */
function isRepeated(run: SearchRun, isExtended: boolean, input: NewRun): boolean {
  const { name, seed, preset, settings, drawn = [] } = input;
  const stored = settingsOfRun(run);
  const generations = isExtended ? settings.generations : stored.generations;
  return (
    run.preset === preset &&
    (drawn.includes("seed") || run.seed === seed) &&
    (drawn.includes("name") || run.name === name) &&
    isDeepStrictEqual({ ...stored, generations }, settings)
  );
}

/** A change of state that users ask for. */
export type RunAction = "pause" | "resume" | "cancel";

/** The states from which an action may start, and the state to which it leads. */
const transitions: Record<RunAction, { from: readonly RunStatus[]; to: RunStatus }> = {
  pause: { from: ["QUEUED", "RUNNING"], to: "PAUSED" },
  resume: { from: ["PAUSED", "FAILED", "CANCELLED"], to: "QUEUED" },
  cancel: { from: ["QUEUED", "RUNNING", "PAUSED"], to: "CANCELLED" },
};

/**
 * Pauses, resumes or cancels a run under the lock of its row and appends `run.status`. Resuming also
 * enqueues the jobs of all open work; a failed run then tries its failed candidates again, but for
 * those that can be evaluated nowhere. Workers notice a pause or a cancellation within a second and
 * stop between two steps. Changes nothing when the run is in the wanted state already.
 * @param quota the most live runs of the run's account and team; without it there is no limit
 * @throws OpnasError `NOT_FOUND`; `WRONG_STATE` when the run's state does not allow the action;
 * `QUOTA_EXCEEDED` when resuming makes one live run too many
 */
export async function changeRunState(
  db: Database,
  queue: Queue,
  runId: string,
  action: RunAction,
  quota?: RunQuota,
): Promise<SearchRun> {
  return db.$transaction(async (tx) => {
    const { from, to } = transitions[action];
    await requireRun(tx, runId);
    const run = await lockRun(tx, runId);
    if (run.status === to || (action === "resume" && run.status === "RUNNING")) return run;
    const what = action === "cancel" ? "cancelled" : `${action}d`;
    if (!from.includes(run.status)) {
      const message = `Run ${run.name} is ${run.status.toLowerCase()} and cannot be ${what}.`;
      throw new OpnasError("WRONG_STATE", message);
    }
    requireListed(run, what);
    await tx.searchRun.update({
      where: { id: runId },
      data: {
        status: to,
        etaSeconds: null,
        waitingReason: null,
        ...(to === "CANCELLED" ? { finishedAt: await databaseTime(tx) } : {}),
        ...(action === "resume" ? { finishedAt: null, error: Prisma.DbNull } : {}),
      },
    });
    // A paused run is live already.
    if (action === "resume" && run.status !== "PAUSED" && quota !== undefined) {
      await requireQuota(tx, run, quota);
    }
    await appendEvents(tx, runId, [
      { kind: "run.status", payload: { status: to, reason: `${action} was asked for` } },
    ]);
    if (run.status === "FAILED") await reopenFailures(tx, runId);
    if (action === "resume") await enqueueJobs(queue, tx, await openJobs(tx, runId));
    return tx.searchRun.findUniqueOrThrow({ where: { id: runId } });
  });
}

/** Throws an OpnasError `NOT_FOUND` for an unknown run. */
export async function requireRun(tx: Transaction, runId: string): Promise<void> {
  const found = await tx.searchRun.count({ where: { id: runId } });
  if (found === 0) throw new OpnasError("NOT_FOUND", `There is no run ${runId}.`);
}

/**
 * Closes a run whose budget is spent, under the lock of its row: status `DONE`, with `run.status` and
 * `run.finished`, which names the best candidate. While a reference has no result the run stays
 * `RUNNING` with a note; the last reference's result enqueues the evolve job that calls this again. So
 * does the last candidate's where generations overlap and the strategy found nothing new before.
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED`
 */
export async function finishRun(db: Database, claim: WorkClaim): Promise<void> {
  await writeUnderWorkClaim(db, claim, async (tx, run) => {
    const open = await tx.architecture.findMany({
      where: { runId: run.id, ...isOpen },
      select: { reference: true },
    });
    if (open.some(({ reference }) => reference === null)) return;
    if (open.length > 0) {
      const progressNote = "The search is done; reference backbones are still to be scored.";
      await tx.searchRun.update({
        where: { id: run.id },
        data: { progressNote, etaSeconds: null },
      });
      return;
    }
    const best = await tx.architecture.findFirst({
      where: { runId: run.id, reference: null, score: { not: null } },
      orderBy: [{ score: "desc" }, { id: "asc" }],
      select: { id: true, score: true },
    });
    await tx.searchRun.update({
      where: { id: run.id },
      data: {
        status: "DONE",
        phase: "FINISHED",
        etaSeconds: 0,
        progressNote: null,
        finishedAt: await databaseTime(tx),
      },
    });
    await appendEvents(tx, run.id, [
      { kind: "run.status", payload: { status: "DONE", reason: null } },
      {
        kind: "run.finished",
        payload: { bestArchitectureId: best?.id ?? null, bestScore: best?.score ?? null },
      },
    ]);
  });
}

/** Parsed settings by the text of the stored ones, which all candidates of a run share. */
const parsedSettings = new Map<string, SearchSettings>();

/** The most settings that are kept. */
const mostParsed = 16;

/**
 * Parses a run's stored settings, which this or an older version wrote.
 * @throws ZodError when they do not fit the schema
 */
export function settingsOfRun({ settings }: Pick<SearchRun, "settings">): SearchSettings {
  const text = JSON.stringify(settings);
  const known = parsedSettings.get(text);
  if (known !== undefined) return known;
  const parsed = searchSettingsSchema.parse(settings);
  if (parsedSettings.size >= mostParsed) parsedSettings.clear();
  parsedSettings.set(text, parsed);
  return parsed;
}
