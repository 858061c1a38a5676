import pg from "pg";
import { connectionOptions, createConnection } from "../connections.js";
import type { RunStatus } from "../generated/client.js";
import { type ArchivedTable, archivedTables, runTable, settingsFile, withRun } from "./tables.js";

/** Some lines of one file of an archive, each with its line feed. */
export type WriteLines = (file: string, text: string) => Promise<void>;

/** A run as an archive tells it in its manifest. */
export interface CollectedRun {
  id: string;
  name: string;
  status: RunStatus;
  createdAt: Date;
  /** Name of the super-net's file in the run's folder; null before there is one. */
  superNetFile: string | null;
  superNetStore: string | null;
  /** Number of rows by file. */
  rows: Record<string, number>;
}

/**
 * Rows that are read at once: few enough that they are gone before the collector takes them for something
 * that stays.
 */
const rowsAtOnce = 100;

/** Seconds that one statement may take. */
const statementSeconds = 120;

/**
 * Opens a connection on which rows have one text form wherever they are read.
 */
export async function openForArchive(databaseUrl: string): Promise<pg.Client> {
  const client = createConnection(
    connectionOptions(databaseUrl, "opnas-archive", statementSeconds),
  );
  await client.connect();
  await client.query("SET TimeZone = 'UTC'; SET extra_float_digits = 1");
  return client;
}

/**
 * Reads all rows of a run as they are at one moment, in an order that depends on them alone: all is read
 * in one REPEATABLE READ transaction, in parts. Every column is written but those that the tables of
 * archives leave out.
 * @param runId a UUID
 * @param write receives the text of each file in parts, before the next part is read
 * @returns undefined when there is no such run
 */
export async function collectRun(
  databaseUrl: string,
  runId: string,
  write: WriteLines,
): Promise<CollectedRun | undefined> {
  const client = await openForArchive(databaseUrl);
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const run = await collectRow(client, runId, write);
    if (run === undefined) return undefined;
    const rows: Record<string, number> = { [runTable.file]: 1 };
    for (const each of archivedTables) {
      rows[each.file] = await collectTable(client, each, runId, write);
    }
    await client.query("COMMIT");
    return { ...run, rows };
  } finally {
    await client.end();
  }
}

interface RunRow extends Omit<CollectedRun, "rows"> {
  row: Record<string, unknown>;
  settings: unknown;
}

/** Writes the run's row and its settings as files for people, with one field a line. */
async function collectRow(client: pg.Client, runId: string, write: WriteLines) {
  const { rows } = await client.query<RunRow>(
    withRun(
      `SELECT ${rowOf(runTable)} AS row, t.settings, t.id, t.name, t.status, t."createdAt",
              t."superNetFile", t."superNetStore"
         FROM "SearchRun" t WHERE ${runTable.ofRun}`,
      runId,
    ),
  );
  const [found] = rows;
  if (found === undefined) return undefined;
  const { row, settings, ...run } = found;
  await write(runTable.file, `${JSON.stringify(row, null, 2)}\n`);
  await write(settingsFile, `${JSON.stringify(settings, null, 2)}\n`);
  return run;
}

async function collectTable(
  client: pg.Client,
  table: ArchivedTable,
  runId: string,
  write: WriteLines,
): Promise<number> {
  const rows = withRun(
    `SELECT ${rowOf(table)}::text AS line FROM ${pg.escapeIdentifier(table.table)} t
      WHERE ${table.ofRun} ORDER BY ${table.order}`,
    runId,
  );
  await client.query(`DECLARE archive NO SCROLL CURSOR FOR ${rows}`);
  let total = 0;
  await write(table.file, "");
  for (let read = rowsAtOnce; read === rowsAtOnce;) {
    const part = await client.query<{ line: string }>(`FETCH ${rowsAtOnce} FROM archive`);
    read = part.rows.length;
    total += read;
    if (read > 0) await write(table.file, part.rows.map(({ line }) => `${line}\n`).join(""));
  }
  await client.query("CLOSE archive");
  return total;
}

/** Returns a row `t` as JSON in SQL, with all columns but those that are left out. */
function rowOf({ leftOut, rewritten = {} }: ArchivedTable): string {
  const names = Object.keys(leftOut).map((name) => pg.escapeLiteral(name));
  const others = Object.entries(rewritten).map(
    ([name, sql]) => ` || jsonb_build_object(${pg.escapeLiteral(name)}, ${sql})`,
  );
  return `(to_jsonb(t) - ARRAY[${names.join(", ")}]::text[]${others.join("")})`;
}
