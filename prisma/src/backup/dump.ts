import pg from "pg";
import { connectionOptions, createConnection } from "../connections.js";

/** A table as a backup has it: its columns in order, and its number of rows. */
export interface DumpedTable {
  name: string;
  columns: string[];
  rows: number;
}

/** Some rows of one table, each in Postgres' own text form of a row, which gives every value exactly. */
export interface TablePart {
  table: string;
  rows: string[];
}

/** An applied migration, by its name and the checksum of its SQL. */
export interface AppliedMigration {
  name: string;
  checksum: string;
}

/** Origin of a dump. */
export interface DumpSummary {
  tables: DumpedTable[];
  migrations: AppliedMigration[];
}

const rowsPerPart = 1_000;

/** Settings in which a row's text means the same wherever it is read. */
const textForm = "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET extra_float_digits = 1";

/**
 * Opens a connection for a dump or its loading, whose statements and pauses may be as long as the files
 * beside them need.
 */
export async function openForBackup(databaseUrl: string): Promise<pg.Client> {
  const client = createConnection({
    ...connectionOptions(databaseUrl, "backup"),
    statement_timeout: 0,
    idle_in_transaction_session_timeout: 0,
  });
  await client.connect();
  await client.query(textForm);
  return client;
}

/**
 * Dumps the platform's tables as they are at one moment, while others go on working: all is read in one
 * REPEATABLE READ transaction, in parts. The queue's tables are left out: rows say what is to be done,
 * and workers queue open work that has no job (decision 0031).
 * @param write receives each part before the next is read
 */
export async function dumpDatabase(
  databaseUrl: string,
  write: (part: TablePart) => Promise<void>,
): Promise<DumpSummary> {
  const client = await openForBackup(databaseUrl);
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const tables = await readTables(client);
    for (const table of tables) table.rows = await dumpTable(client, table.name, write);
    const isMigrated = tables.some(({ name }) => name === "_prisma_migrations");
    const migrations = isMigrated ? await readMigrations(client) : [];
    await client.query("COMMIT");
    return { tables, migrations };
  } finally {
    await client.end();
  }
}

/** Reads the tables of the schema `public` with their columns; their numbers of rows are still 0. */
export async function readTables(client: pg.Client): Promise<DumpedTable[]> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(
    `SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
        AND a.attnum > 0 AND NOT a.attisdropped
      GROUP BY c.relname ORDER BY c.relname`,
  );
  return rows.map(({ name, columns }) => ({ name, columns, rows: 0 }));
}

async function readMigrations(client: pg.Client): Promise<AppliedMigration[]> {
  const { rows } = await client.query<AppliedMigration>(
    `SELECT migration_name AS name, checksum FROM "_prisma_migrations"
      WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name`,
  );
  return rows;
}

async function dumpTable(
  client: pg.Client,
  table: string,
  write: (part: TablePart) => Promise<void>,
): Promise<number> {
  const name = pg.escapeIdentifier(table);
  await client.query(`DECLARE dump NO SCROLL CURSOR FOR SELECT t::text AS row FROM ${name} t`);
  let total = 0;
  for (let read = rowsPerPart; read === rowsPerPart;) {
    const { rows } = await client.query<{ row: string }>(`FETCH ${rowsPerPart} FROM dump`);
    read = rows.length;
    total += read;
    if (read > 0) await write({ table, rows: rows.map(({ row }) => row) });
  }
  await client.query("CLOSE dump");
  return total;
}
