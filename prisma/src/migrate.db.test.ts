import pg from "pg";
import { expect, test } from "vitest";
import { createClient } from "./client.js";
import { migrate, refuseNewerDatabase } from "./migrate.js";
import { testDatabase } from "./testing/index.js";
import { diffToSchema } from "../scripts/schemaEngine.mjs";

const migrated = await testDatabase();

/** Reads columns, indexes and constraints of the public schema, without Prisma's own history table. */
async function describeDatabase(databaseUrl: string): Promise<unknown> {
  return withClient(databaseUrl, async (client) => {
    const columns = await client.query(
      `SELECT table_name, column_name, data_type, udt_name, is_nullable, column_default
         FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name <> '_prisma_migrations'
        ORDER BY table_name, column_name`,
    );
    // Prisma's schema cannot say which columns an index includes beside its own.
    const indexes = await client.query(
      `SELECT indexname, regexp_replace(indexdef, ' INCLUDE \\(.*\\)', '') AS indexdef FROM pg_indexes
        WHERE schemaname = 'public' AND tablename <> '_prisma_migrations' ORDER BY indexname`,
    );
    const constraints = await client.query(
      `SELECT conname, pg_get_constraintdef(oid) AS definition FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conname <> '_prisma_migrations_pkey'
          AND contype <> 'n' ORDER BY conname`,
    );
    return [columns.rows, indexes.rows, constraints.rows];
  });
}

async function withClient<T>(databaseUrl: string, use: (client: pg.Client) => Promise<T>) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

test("the migrations create exactly the schema of prisma/schema", async () => {
  const fresh = new URL(migrated);
  fresh.pathname = `${fresh.pathname}_schema`;
  const name = fresh.pathname.slice(1);
  await withClient(migrated, (client) => client.query(`CREATE DATABASE ${name}`));
  try {
    // The migration that needs it creates it, which a diff of two schemas cannot say.
    await withClient(fresh.href, (client) => client.query("CREATE EXTENSION pg_trgm"));
    const sql = await diffToSchema(fresh.href);
    await withClient(fresh.href, (client) => client.query(sql));
    expect(await describeDatabase(migrated)).toEqual(await describeDatabase(fresh.href));
  } finally {
    await withClient(migrated, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
  }
});

test("migrating a second time applies nothing", async () => {
  expect(await migrate(migrated)).toEqual([]);
});

test("a database that a newer version has migrated is refused in one sentence", async () => {
  const db = createClient(migrated, 1);
  await refuseNewerDatabase(db);
  await withClient(migrated, (client) =>
    client.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, finished_at)
       VALUES ('1', '', '9001_of_next_year', now())`,
    ),
  );
  const sentence = /newer version .*9001_of_next_year/;
  await expect(migrate(migrated)).rejects.toThrow(sentence);
  await expect(refuseNewerDatabase(db)).rejects.toThrow(sentence);
  await db.$disconnect();
  await withClient(migrated, (client) =>
    client.query(`DELETE FROM "_prisma_migrations" WHERE id = '1'`),
  );
});

test("a migration that waits for a table lets others use it meanwhile, and is applied later", async () => {
  const undo = `ALTER TABLE "RunEvent" ALTER COLUMN "time" SET DEFAULT now();
    DELETE FROM "_prisma_migrations" WHERE migration_name = '0007_postgres_clock'`;
  await withClient(migrated, (client) => client.query(undo));
  await withClient(migrated, async (reader) => {
    await reader.query(`BEGIN; SELECT count(*) FROM "RunEvent"`);
    const migrating = migrate(migrated);
    await withClient(migrated, async (other) => {
      const waiting = `SELECT 1 FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'`;
      while ((await other.query(waiting)).rowCount === 0);
      await other.query(`SELECT count(*) FROM "RunEvent"`); // Waits behind the migration.
    });
    await reader.query("COMMIT");
    expect(await migrating).toEqual(["0007_postgres_clock"]);
  });
});

test("an applied migration that was edited since is refused by its name", async () => {
  await withClient(migrated, (client) =>
    client.query(`UPDATE "_prisma_migrations" SET checksum = 'edited'`),
  );
  await expect(migrate(migrated)).rejects.toThrow(/Migration 0001_init was changed/);
});

test("an unreachable database is reported in one sentence without its password", async () => {
  const error = await migrate("postgres://someone:secret@127.0.0.1:1/none").catch(
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: "DATABASE_UNREACHABLE" });
  expect(String(error)).toMatch(/No Postgres answers at 127\.0\.0\.1:1 .*DATABASE_URL/);
  expect(String(error)).not.toMatch(/secret/);
});
