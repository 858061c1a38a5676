import type { Database, Transaction } from "../client.js";
import { Prisma } from "../generated/client.js";

/** Rows that one statement removes: none may take longer than a connection may be silent. */
const rowsAtOnce = 5_000;

/** Milliseconds that the removal of one run may take, many statements long. */
const mostMilliseconds = 600_000;

/** Reads the ids of runs that were deleted at least `days` days ago by Postgres' clock, oldest first. */
export async function purgeableRuns(db: Database, days: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM "SearchRun" WHERE ${isDue(days)} ORDER BY "deletedAt", id`;
  return rows.map(({ id }) => id);
}

/**
 * Removes all rows of a run that was deleted at least `days` days ago, with its waiting jobs, in one
 * transaction: afterwards there is nothing of it, or all. Its files are then named by no row, and
 * cleaning removes them.
 * @returns false when there is no such run, or when it was restored or deleted later than that
 */
export async function purgeRun(db: Database, runId: string, days: number): Promise<boolean> {
  return db.$transaction(
    async (tx) => {
      const locked = await tx.$queryRaw<unknown[]>`
        SELECT 1 FROM "SearchRun" WHERE id = ${runId}::uuid AND ${isDue(days)} FOR UPDATE`;
      if (locked.length === 0) return false;
      await removeJobs(tx, runId);
      for (const table of ["RunEvent", "Evaluation", "OperationStatistic"]) {
        const rows = Prisma.sql`SELECT ctid FROM ${nameOf(table)} WHERE "runId" = ${runId}::uuid`;
        await removeInParts(tx, table, rows);
      }
      // Children go before their parents, whose removal would otherwise update each of them.
      const architectures = Prisma.sql`
        SELECT ctid FROM "Architecture" WHERE "runId" = ${runId}::uuid ORDER BY id DESC`;
      await removeInParts(tx, "Architecture", architectures);
      await tx.$executeRaw`DELETE FROM "SearchRun" WHERE id = ${runId}::uuid`;
      return true;
    },
    { timeout: mostMilliseconds },
  );
}

function isDue(days: number): Prisma.Sql {
  return Prisma.sql`"deletedAt" <= clock_timestamp() - ${days}::float8 * interval '1 day'`;
}

/** Removes the jobs of a run and of the pre-trainings of its architectures, whose rows still exist. */
async function removeJobs(tx: Transaction, runId: string): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM pgboss.job
     WHERE data->>'runId' = ${runId}
        OR data->>'trainingId' IN (
             SELECT t.id::text FROM "Training" t JOIN "Architecture" a ON a.id = t."architectureId"
              WHERE a."runId" = ${runId}::uuid)`;
}

async function removeInParts(tx: Transaction, table: string, rows: Prisma.Sql): Promise<void> {
  for (let removed = rowsAtOnce; removed === rowsAtOnce;) {
    removed = await tx.$executeRaw`
      DELETE FROM ${nameOf(table)} WHERE ctid = ANY(ARRAY(${rows} LIMIT ${rowsAtOnce}))`;
  }
}

function nameOf(table: string): Prisma.Sql {
  return Prisma.raw(`"${table}"`);
}
