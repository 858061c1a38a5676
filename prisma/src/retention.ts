import type { Retention } from "@opnas/core";
import type { Database } from "./client.js";
import { Prisma } from "./generated/client.js";

/** A run, a pre-training or an export to whose files cleaning looks, at the time of reading by Postgres' clock. */
export interface FileOwner {
  /** Id of the run, pre-training or export, after which its folder is named. */
  id: string;
  /** Its run; for a run its own id. */
  runId: string;
  /** True while workers may work for it; nothing of it is touched then. */
  isLive: boolean;
  isDone: boolean;
  /** True when it failed or was cancelled longer ago than checkpoints are kept. */
  isOld: boolean;
  /** True when its run was deleted so long ago that it is to be removed for good. */
  isDue: boolean;
  /** Name of the published super-net's file, or of the folder of a model or an archive; null before there is one. */
  published: string | null;
}

/** Reads all runs, pre-trainings and exports, by id. */
export async function fileOwners(
  db: Database,
  { deletedDays, checkpointDays }: Retention,
): Promise<Map<string, FileOwner>> {
  const before = (days: number) =>
    Prisma.sql`clock_timestamp() - ${days}::float8 * interval '1 day'`;
  const isDue = Prisma.sql`coalesce(r."deletedAt" <= ${before(deletedDays)}, false) AS "isDue"`;
  const rows = await db.$queryRaw<FileOwner[]>`
    SELECT r.id, r.id AS "runId", r."superNetFile" AS published, ${isDue},
           r.status IN ('QUEUED', 'RUNNING', 'PAUSED') AS "isLive", r.status = 'DONE' AS "isDone",
           coalesce(r."finishedAt" <= ${before(checkpointDays)}, false) AS "isOld"
      FROM "SearchRun" r
    UNION ALL
    SELECT t.id, r.id, t.artifact, ${isDue},
           t.status IN ('QUEUED', 'RUNNING'), t.status = 'DONE',
           coalesce(t."finishedAt" <= ${before(checkpointDays)}, false)
      FROM "Training" t
      JOIN "Architecture" a ON a.id = t."architectureId"
      JOIN "SearchRun" r ON r.id = a."runId"
    UNION ALL
    SELECT x.id, r.id, x.artifact, ${isDue}, x.status IN ('QUEUED', 'RUNNING'), x.status = 'DONE', false
      FROM "Export" x
      JOIN "Architecture" a ON a.id = x."architectureId"
      JOIN "SearchRun" r ON r.id = a."runId"`;
  return new Map(rows.map((row) => [row.id, row]));
}

/** Returns those of the architectures that are evaluated. */
export async function evaluatedAmong(db: Database, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db.architecture.findMany({
    where: { id: { in: [...ids] }, score: { not: null } },
    select: { id: true },
  });
  return new Set(rows.map(({ id }) => id));
}

/**
 * Returns an id that tells this database from others and that its backups keep: its first migration's.
 * A folder of artifacts is cleaned by the database that it belongs to.
 */
export async function databaseId(db: Database): Promise<string> {
  const [{ id }] = await db.$queryRaw<[{ id: string }]>`
    SELECT id FROM "_prisma_migrations" ORDER BY started_at, migration_name LIMIT 1`;
  return id;
}

/** Events of one run that are kept no longer. */
export interface OldEvents {
  runId: string;
  events: number;
  bytes: number;
}

/** Counts the events of each run that ended longer ago than events are kept. */
export async function oldEvents(db: Database, { eventDays }: Retention): Promise<OldEvents[]> {
  return db.$queryRaw<OldEvents[]>`
    SELECT e."runId", count(*)::int AS events, sum(pg_column_size(e.*))::float8 AS bytes
      FROM "RunEvent" e JOIN "SearchRun" r ON r.id = e."runId"
     WHERE ${endedBefore(eventDays)}
     GROUP BY e."runId" ORDER BY e."runId"`;
}

/** Events, or entries of the audit log, that one statement removes. */
const eventsAtOnce = 10_000;

/** Removes a run's events, unless it has gone on since. */
export async function removeOldEvents(
  db: Database,
  runId: string,
  { eventDays }: Retention,
): Promise<void> {
  for (let removed = eventsAtOnce; removed === eventsAtOnce;) {
    removed = await db.$executeRaw`
      DELETE FROM "RunEvent" WHERE ctid = ANY(ARRAY(
        SELECT e.ctid FROM "RunEvent" e JOIN "SearchRun" r ON r.id = e."runId"
         WHERE e."runId" = ${runId}::uuid AND ${endedBefore(eventDays)} LIMIT ${eventsAtOnce}))`;
  }
}

function endedBefore(days: number): Prisma.Sql {
  return Prisma.sql`r.status IN ('DONE', 'FAILED', 'CANCELLED')
    AND r."finishedAt" <= clock_timestamp() - ${days}::float8 * interval '1 day'`;
}

/** Reads the ids of workers that were silent for longer than they are kept and that no result names. */
export async function oldWorkers(db: Database, { workerDays }: Retention): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT w.id FROM "Worker" w WHERE ${isOldWorker(workerDays)} ORDER BY w.id`;
  return rows.map(({ id }) => id);
}

/** Removes a worker's row, unless it has reported since. */
export async function removeOldWorker(
  db: Database,
  id: string,
  { workerDays }: Retention,
): Promise<void> {
  await db.$executeRaw`
    DELETE FROM "Worker" w WHERE w.id = ${id}::uuid AND ${isOldWorker(workerDays)}`;
}

function isOldWorker(days: number): Prisma.Sql {
  return Prisma.sql`w."lastSeenAt" <= clock_timestamp() - ${days}::float8 * interval '1 day'
    AND NOT EXISTS (SELECT 1 FROM "Evaluation" e WHERE e."workerId" = w.id)`;
}

/** Reads the ids of exports that have ended and that nobody asked for in the days that they are kept. */
export async function oldExports(db: Database, { exportDays }: Retention): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT x.id FROM "Export" x WHERE ${isOldExport(exportDays)} ORDER BY x.id`;
  return rows.map(({ id }) => id);
}

/**
 * Removes an export's row, unless somebody has asked for it since.
 * @returns false when somebody has
 */
export async function removeOldExport(
  db: Database,
  id: string,
  { exportDays }: Retention,
): Promise<boolean> {
  const removed = await db.$executeRaw`
    DELETE FROM "Export" x WHERE x.id = ${id}::uuid AND ${isOldExport(exportDays)}`;
  return removed > 0;
}

function isOldExport(days: number): Prisma.Sql {
  return Prisma.sql`x.status IN ('DONE', 'FAILED')
    AND x."usedAt" <= clock_timestamp() - ${days}::float8 * interval '1 day'`;
}

/** Counts the entries of the audit log that are kept no longer. */
export async function oldAuditEntries(
  db: Database,
  { auditDays }: Retention,
): Promise<{ entries: number; bytes: number }> {
  const [{ entries, bytes }] = await db.$queryRaw<[{ entries: number; bytes: number }]>`
    SELECT count(*)::int AS entries, coalesce(sum(pg_column_size(e.*)), 0)::float8 AS bytes
      FROM "AuditEntry" e WHERE ${isOldEntry(auditDays)}`;
  return { entries, bytes };
}

/** Removes the entries of the audit log that are kept no longer. */
export async function removeOldAuditEntries(db: Database, { auditDays }: Retention): Promise<void> {
  for (let removed = eventsAtOnce; removed === eventsAtOnce;) {
    removed = await db.$executeRaw`
      DELETE FROM "AuditEntry" WHERE ctid = ANY(ARRAY(
        SELECT e.ctid FROM "AuditEntry" e WHERE ${isOldEntry(auditDays)} LIMIT ${eventsAtOnce}))`;
  }
}

function isOldEntry(days: number): Prisma.Sql {
  return Prisma.sql`e.time <= clock_timestamp() - ${days}::float8 * interval '1 day'`;
}
