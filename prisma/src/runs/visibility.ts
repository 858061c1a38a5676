import { OpnasError } from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import { databaseTime } from "../clock.js";
import type { RunStatus, SearchRun } from "../generated/client.js";
import { appendEvents, lockRun } from "./row.js";

/**
 * Place of a run in lists. ARCHIVED ones are listed when they are asked for; DELETED ones only to be
 * restored, until their rows and files are removed (decision 0030).
 */
export type RunVisibility = "CURRENT" | "ARCHIVED" | "DELETED";

/** Returns where a run is listed. */
export function visibilityOf({
  archivedAt,
  deletedAt,
}: Pick<SearchRun, "archivedAt" | "deletedAt">): RunVisibility {
  if (deletedAt !== null) return "DELETED";
  return archivedAt === null ? "CURRENT" : "ARCHIVED";
}

/** The statuses of a run that is over. */
const overStatuses: readonly RunStatus[] = ["DONE", "FAILED", "CANCELLED"];

/**
 * Archives a run that is over, under the lock of its row. Changes nothing but the lists that it is in.
 * @throws OpnasError `NOT_FOUND`; `WRONG_STATE` for a run that is not over or that is deleted
 */
export async function archiveRun(db: Database, runId: string): Promise<SearchRun> {
  return db.$transaction(async (tx) => {
    const run = await requireAndLock(tx, runId);
    if (run.deletedAt !== null) throw hidden(run, "archived");
    if (run.archivedAt !== null) return run;
    requireOver(run, "archived");
    return place(tx, runId, { archivedAt: await databaseTime(tx) });
  });
}

/**
 * Marks a run that is over as deleted, under the lock of its row. It is in no list any more; cleaning
 * removes its rows and files when it has been so for a while (`purgeRun`).
 * @throws OpnasError `NOT_FOUND`; `WRONG_STATE` for a run that is not over, or while an architecture of
 * it is pre-trained
 */
export async function deleteRun(db: Database, runId: string): Promise<SearchRun> {
  return db.$transaction(async (tx) => {
    const run = await requireAndLock(tx, runId);
    if (run.deletedAt !== null) return run;
    requireOver(run, "deleted");
    const live = await tx.pretraining.findFirst({
      where: { architecture: { runId }, status: { in: ["QUEUED", "RUNNING"] } },
      select: { id: true },
    });
    if (live !== null) {
      const message = `An architecture of run ${run.name} is being pre-trained (training ${live.id}); cancel that first.`;
      throw new OpnasError("WRONG_STATE", message);
    }
    return place(tx, runId, { deletedAt: await databaseTime(tx) });
  });
}

/**
 * Brings an archived or deleted run back as it was, under the lock of its row. Changes nothing for a
 * run that is neither.
 * @throws OpnasError `NOT_FOUND`, also for a deleted run whose rows are gone
 */
export async function restoreRun(db: Database, runId: string): Promise<SearchRun> {
  return db.$transaction(async (tx) => {
    const run = await requireAndLock(tx, runId);
    if (visibilityOf(run) === "CURRENT") return run;
    return place(tx, runId, { archivedAt: null, deletedAt: null });
  });
}

/**
 * Throws for a run that is archived or deleted: what is out of the lists must not go on unseen.
 * @param what the wanted change in the past tense, such as `resumed`
 * @throws OpnasError `WRONG_STATE`
 */
export function requireListed(run: SearchRun, what: string): void {
  if (visibilityOf(run) !== "CURRENT") throw hidden(run, what);
}

/**
 * Locks the row of an architecture's run against deletion until the caller's transaction ends.
 * @throws OpnasError `WRONG_STATE` when it is deleted
 */
export async function requireUndeleted(tx: Transaction, architectureId: string): Promise<void> {
  const [run] = await tx.$queryRaw<{ name: string; deletedAt: Date | null }[]>`
    SELECT r.name, r."deletedAt" FROM "SearchRun" r
      JOIN "Architecture" a ON a."runId" = r.id
     WHERE a.id = ${architectureId}::uuid FOR SHARE OF r`;
  if (run === undefined || run.deletedAt === null) return;
  const message = `Run ${run.name} is deleted: restore it before its architectures are pre-trained.`;
  throw new OpnasError("WRONG_STATE", message);
}

async function place(
  tx: Transaction,
  runId: string,
  data: { archivedAt?: Date | null; deletedAt?: Date | null },
): Promise<SearchRun> {
  const visibility = visibilityOf(await tx.searchRun.update({ where: { id: runId }, data }));
  await appendEvents(tx, runId, [{ kind: "run.visibility", payload: { visibility } }]);
  return tx.searchRun.findUniqueOrThrow({ where: { id: runId } });
}

/** Locks a run's row, or throws `NOT_FOUND`. */
async function requireAndLock(tx: Transaction, runId: string): Promise<SearchRun> {
  const found = await tx.searchRun.count({ where: { id: runId } });
  if (found === 0) throw new OpnasError("NOT_FOUND", `There is no run ${runId}.`);
  return lockRun(tx, runId);
}

function requireOver({ name, status }: SearchRun, what: string): void {
  if (overStatuses.includes(status)) return;
  const message = `Run ${name} is ${status.toLowerCase()}: only a run that is over can be ${what}. Cancel it first.`;
  throw new OpnasError("WRONG_STATE", message);
}

function hidden(run: SearchRun, what: string): OpnasError {
  const place = visibilityOf(run).toLowerCase();
  const message = `Run ${run.name} is ${place} and cannot be ${what}: restore it first.`;
  return new OpnasError("WRONG_STATE", message);
}
