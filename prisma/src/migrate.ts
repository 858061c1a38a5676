import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { OpnasError } from "@opnas/core";
import pg from "pg";
import type { Database } from "./client.js";
import { connectionOptions, createConnection } from "./connections.js";

const migrationsFolder = fileURLToPath(new URL("../migrations", import.meta.url));

/** Prisma's own advisory lock of `migrate deploy`, so that the two never run at once. */
const advisoryLock = 72_707_369;

/** Seconds to wait for another process that migrates. */
const advisoryLockSeconds = 60;

/** Milliseconds that a migration waits for a lock, the pause after it, and the number of attempts. */
const lockMilliseconds = 3_000;
const lockPauseMilliseconds = 1_000;
const lockTries = 10;

/** Prisma's own table of applied migrations. */
const historyTable = `
  CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id" VARCHAR(36) PRIMARY KEY NOT NULL,
    "checksum" VARCHAR(64) NOT NULL,
    "finished_at" TIMESTAMPTZ,
    "migration_name" VARCHAR(255) NOT NULL,
    "logs" TEXT,
    "rolled_back_at" TIMESTAMPTZ,
    "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count" INTEGER NOT NULL DEFAULT 0
  )`;

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

/** Lists the names of this version's migrations, in the order in which they are applied. */
export async function migrationNames(): Promise<string[]> {
  const entries = await readdir(migrationsFolder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function readMigrations(): Promise<Migration[]> {
  const names = await migrationNames();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(migrationsFolder, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

/**
 * Applies the pending migrations in order, each in its own transaction, and records them as Prisma
 * does; `prisma migrate deploy` needs an engine binary that closed networks cannot download (decision
 * 0003). Locks Prisma's advisory lock meanwhile, so that of several callers one works and the others
 * find nothing to do. A statement waits a few seconds for its lock at a time, since whoever comes
 * after it waits too, and is then tried again.
 * @returns the names of the migrations that this call applied
 * @throws OpnasError `DATABASE_UNREACHABLE`; `WRONG_STATE` when the database belongs to a newer version
 * or a lock cannot be had; `INTERNAL` when an applied migration was edited since
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const client = createConnection({
    ...connectionOptions(databaseUrl, "opnas-migrate"),
    // Building an index takes as long as it takes.
    statement_timeout: 0,
    lock_timeout: advisoryLockSeconds * 1000,
  });
  try {
    await client.connect();
  } catch (error) {
    throw unreachable(databaseUrl, error);
  }
  try {
    await client.query("SELECT pg_advisory_lock($1)", [advisoryLock]);
    await client.query(historyTable);
    return await applyPending(client);
  } catch (error) {
    throw isLockTimeout(error) ? noLock(error) : error;
  } finally {
    await client.end();
  }
}

async function applyPending(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ migration_name: string; checksum: string }>(
    `SELECT migration_name, checksum FROM "_prisma_migrations"
      WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
  );
  const applied = new Map(rows.map((row) => [row.migration_name, row.checksum]));
  const migrations = await readMigrations();
  refuseUnknown([...applied.keys()], migrations);
  const done: string[] = [];
  for (const migration of migrations) {
    const checksum = applied.get(migration.name);
    if (checksum === undefined) {
      await apply(client, migration);
      done.push(migration.name);
    } else if (checksum !== migration.checksum) {
      throw changed(migration.name);
    }
  }
  return done;
}

/**
 * Refuses a database that a newer version has migrated: this one knows neither its columns nor what
 * is stored in them.
 * @throws OpnasError `WRONG_STATE`
 */
export async function refuseNewerDatabase(db: Database): Promise<void> {
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT migration_name AS name FROM "_prisma_migrations"
     WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`;
  refuseUnknown(
    rows.map(({ name }) => name),
    await readMigrations(),
  );
}

/**
 * Makes the tables of an older or the same version within the caller's transaction, by the migrations
 * that it had applied. Records nothing but the empty history: the caller fills it.
 * @throws OpnasError `WRONG_STATE` for migrations of a newer version; `INTERNAL` for one that was
 * changed since
 */
export async function applyRecorded(
  client: pg.Client,
  applied: readonly { name: string; checksum: string }[],
): Promise<void> {
  const migrations = await readMigrations();
  refuseUnknown(
    applied.map(({ name }) => name),
    migrations,
  );
  await client.query(historyTable);
  for (const { name, sql, checksum } of migrations) {
    const recorded = applied.find((each) => each.name === name);
    if (recorded === undefined) continue;
    if (recorded.checksum !== checksum) throw changed(name);
    await client.query(sql);
  }
}

function changed(name: string): OpnasError {
  return new OpnasError(
    "INTERNAL",
    `Migration ${name} was changed after it had been applied to this database. Restore the file; changes go into a new migration.`,
  );
}

function refuseUnknown(applied: readonly string[], known: readonly Migration[]): void {
  const names = new Set(known.map(({ name }) => name));
  const unknown = applied.filter((name) => !names.has(name)).sort();
  if (unknown.length === 0) return;
  throw new OpnasError(
    "WRONG_STATE",
    `A newer version of OP-NAS has migrated this database (${unknown.join(", ")}); start that version or a later one.`,
  );
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await applyOnce(client, migration);
      return;
    } catch (error) {
      if (!isLockTimeout(error) || tries === lockTries) throw error;
      await sleep(lockPauseMilliseconds);
    }
  }
}

async function applyOnce(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(`SET LOCAL lock_timeout = ${lockMilliseconds}`);
    await client.query(sql);
    await client.query(
      `INSERT INTO "_prisma_migrations"
         (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}

function isLockTimeout(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === "55P03";
}

function noLock(cause: unknown): OpnasError {
  const sentence =
    "The database could not be migrated, since other programs use its tables without a pause. Stop them and start again.";
  return new OpnasError("WRONG_STATE", sentence, { cause });
}

/** Builds the error `DATABASE_UNREACHABLE`: the address without its password, the cause, the remedy. */
export function unreachable(databaseUrl: string, cause: unknown): OpnasError {
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
  const where = URL.canParse(databaseUrl) ? new URL(databaseUrl).host : "DATABASE_URL";
  return new OpnasError(
    "DATABASE_UNREACHABLE",
    `No Postgres answers at ${where} (${reason}). Start it, correct DATABASE_URL, or unset it to use the built-in one.`,
    { cause },
  );
}
