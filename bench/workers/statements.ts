import { createClient, type Database } from "@opnas/prisma";
import { startEmbeddedPostgres } from "@opnas/prisma/embedded";

/** The work of one kind of statement, with its values left out. */
export interface StatementWork {
  statement: string;
  calls: number;
  /** Milliseconds of planning alone. */
  planning: number;
  /** Milliseconds in which it was planned and executed, waits included, summed over its calls. */
  milliseconds: number;
  /** Pages that it read or changed, from memory or disk. */
  pages: number;
}

/** Characters of a statement that are printed. */
const shown = 70;

/** Restarts a Postgres so that it counts each kind of statement; it must have started from `folder`. */
export async function countingStatements(folder: string) {
  const first = await startEmbeddedPostgres({ folder });
  const db = createClient(first.url, 1);
  await db.$executeRaw`ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`;
  await db.$executeRaw`ALTER SYSTEM SET pg_stat_statements.track = 'all'`;
  await db.$executeRaw`ALTER SYSTEM SET pg_stat_statements.track_planning = on`;
  await db.$disconnect();
  await first.stop();
  return startEmbeddedPostgres({ folder });
}

/** Forgets what was counted so far. */
export async function forgetStatements(db: Database): Promise<void> {
  await db.$executeRaw`CREATE EXTENSION IF NOT EXISTS pg_stat_statements`;
  await db.$queryRaw`SELECT pg_stat_statements_reset()::text`;
}

/** Returns the statements that took most time, those within functions included, the costliest first. */
export async function costliestStatements(db: Database, count: number): Promise<StatementWork[]> {
  const rows = await db.$queryRaw<StatementWork[]>`
    SELECT query AS statement, sum(calls)::int AS calls, sum(total_plan_time) AS planning,
           sum(total_exec_time + total_plan_time) AS milliseconds,
           sum(shared_blks_hit + shared_blks_read)::float8 AS pages
      FROM pg_stat_statements GROUP BY query ORDER BY milliseconds DESC LIMIT ${count}::int`;
  return rows.map(({ statement, ...work }) => ({
    statement: statement.replaceAll(/\s+/g, " ").trim().slice(0, shown),
    ...work,
  }));
}
