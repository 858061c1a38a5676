import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { OpnasError } from "@opnas/core";
import pg from "pg";

const migrationsFolder = fileURLToPath(new URL("../migrations", import.meta.url));

/** Prisma's own advisory lock of `migrate deploy`, so that the two never run at once. */
const advisoryLock = 72_707_369;

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

async function readMigrations(): Promise<Migration[]> {
  const entries = await readdir(migrationsFolder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(migrationsFolder, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

/**
 * Applies the pending migrations in order, each in its own transaction, and records them as Prisma
 * does; `prisma migrate deploy` needs an engine binary that closed networks cannot download (decision
 * 0003). Locks Prisma's advisory lock meanwhile, so that of several callers one works and the others
 * find nothing to do.
 * @returns the names of the migrations that this call applied
 * @throws OpnasError `DATABASE_UNREACHABLE`; `INTERNAL` when an applied migration was edited since
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 5_000,
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
  const done: string[] = [];
  for (const migration of await readMigrations()) {
    const checksum = applied.get(migration.name);
    if (checksum === undefined) {
      await apply(client, migration);
      done.push(migration.name);
    } else if (checksum !== migration.checksum) {
      throw new OpnasError(
        "INTERNAL",
        `Migration ${migration.name} was changed after it had been applied to this database. Restore the file; changes go into a new migration.`,
      );
    }
  }
  return done;
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
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
