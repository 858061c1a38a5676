import { OpnasError } from "@opnas/core";
import pg from "pg";
import { applyRecorded, migrate } from "../migrate.js";
import { type DumpSummary, openForBackup, readTables, type TablePart } from "./dump.js";

interface ForeignKey {
  table: string;
  name: string;
  definition: string;
}

/**
 * Loads a dump into a database, in one transaction: afterwards it holds exactly what was dumped, or is
 * as it was before. The tables are made as they were, by the same migrations, then filled; migrations
 * of later versions follow. The queue starts empty.
 * @param replace true to remove whatever the platform has stored there before
 * @throws OpnasError `WRONG_STATE` when the database holds something and is not to be replaced, when a
 * platform is connected to it, or when a newer version made the dump; `CORRUPT_ARTIFACT` when the dump
 * does not fit its own migrations
 */
export async function loadDatabase(
  databaseUrl: string,
  { tables, migrations }: DumpSummary,
  parts: AsyncIterable<TablePart>,
  { replace }: { replace: boolean },
): Promise<void> {
  const client = await openForBackup(databaseUrl);
  try {
    await client.query("BEGIN");
    await refuseLivePlatform(client);
    if (!replace) await refuseFilled(client);
    await client.query("DROP SCHEMA IF EXISTS pgboss CASCADE");
    await client.query("DROP SCHEMA IF EXISTS public CASCADE");
    await client.query("CREATE SCHEMA public");
    await applyRecorded(client, migrations);
    const keys = await dropForeignKeys(client);
    const counts = await fill(client, parts);
    for (const { name, columns, rows } of tables) {
      const made = (await readTables(client)).find((table) => table.name === name);
      const isSame = made?.columns.join() === columns.join() && rows === (counts.get(name) ?? 0);
      if (!isSame) throw unfit(name);
    }
    for (const { table, name, definition } of keys) {
      await client.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`);
    }
    await client.query("COMMIT");
  } finally {
    await client.end(); // rolls back what was not committed
  }
  await migrate(databaseUrl);
}

/** @throws OpnasError `WRONG_STATE` when the platform has stored anything in this database */
async function refuseFilled(client: pg.Client): Promise<void> {
  for (const { name } of await readTables(client)) {
    if (name === "_prisma_migrations") continue;
    const { rowCount } = await client.query(
      `SELECT 1 FROM public.${pg.escapeIdentifier(name)} LIMIT 1`,
    );
    if (rowCount === 0) continue;
    const message = `The database is not empty (${name} has rows). Say --replace to remove all that is in it, its artifacts included, or choose another one.`;
    throw new OpnasError("WRONG_STATE", message);
  }
}

async function refuseLivePlatform(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query(
    `SELECT 1 FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'opnas%'
      LIMIT 1`,
  );
  if (rowCount === 0) return;
  const message =
    "Servers or workers are connected to this database: stop them all, then restore it.";
  throw new OpnasError("WRONG_STATE", message);
}

/** Drops all foreign keys, which would dictate an order of the rows, and returns how to make them again. */
async function dropForeignKeys(client: pg.Client): Promise<ForeignKey[]> {
  const { rows } = await client.query<ForeignKey>(
    `SELECT conrelid::regclass::text AS table, quote_ident(conname) AS name,
            pg_get_constraintdef(oid) AS definition
       FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace
      ORDER BY conrelid, conname`,
  );
  for (const { table, name } of rows) {
    await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  }
  return rows;
}

async function fill(client: pg.Client, parts: AsyncIterable<TablePart>) {
  const counts = new Map<string, number>();
  for await (const { table, rows } of parts) {
    const name = pg.escapeIdentifier(table);
    // The inner query keeps Postgres from parsing a row once for each of its columns.
    await client.query(
      `INSERT INTO ${name} SELECT (parsed.row).* FROM
         (SELECT text::${name} AS row FROM unnest($1::text[]) AS text OFFSET 0) AS parsed`,
      [rows],
    );
    counts.set(table, (counts.get(table) ?? 0) + rows.length);
  }
  return counts;
}

function unfit(table: string): OpnasError {
  const message = `The backup's table ${table} does not have the columns or the rows that the backup states.`;
  return new OpnasError("CORRUPT_ARTIFACT", message);
}
