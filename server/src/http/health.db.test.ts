import { startProxy, testDatabase } from "@opnas/prisma/testing";
import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { eventually, testServer } from "../testing/client.js";

const databaseUrl = await testDatabase();
const server = await testServer(databaseUrl);
const name = new URL(databaseUrl).pathname.slice(1);
/** A session in another database of the same Postgres. */
const admin = new pg.Client({ connectionString: new URL("/postgres", databaseUrl).href });
await admin.connect();
afterAll(async () => {
  await server.stop();
  await admin.end();
});

const answerSchema = z.object({
  status: z.string(),
  notReady: z.array(z.object({ part: z.string(), reason: z.string() })),
});

async function get(path: string, port = server.port): Promise<{ code: number; body: unknown }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { code: response.status, body: await response.json() };
}

async function readiness(port = server.port) {
  const { code, body } = await get("/readyz", port);
  const { status, notReady } = answerSchema.parse(body);
  return { code, status, parts: notReady.map(({ part }) => part), notReady };
}

const isReady = { code: 200, status: "ready", parts: [], notReady: [] };

test("a server with all that it needs lives and is ready", async () => {
  expect(await get("/healthz")).toEqual({ code: 200, body: { status: "ok" } });
  expect(await readiness()).toEqual(isReady);
});

test("a schema that lacks a migration is not ready, one of a newer version is", async () => {
  const { database } = server.services;
  const applied = "0001_init";
  const newer = "9999_of_a_newer_version";
  const rename = (from: string, to: string) =>
    database.$executeRaw`UPDATE "_prisma_migrations" SET migration_name = ${to} WHERE migration_name = ${from}`;
  await rename(applied, newer);
  expect(await readiness()).toMatchObject({
    code: 503,
    notReady: [{ part: "schema", reason: "The database lacks 0001_init; migrate it." }],
  });
  await rename(newer, applied);
  await database.$executeRaw`INSERT INTO "_prisma_migrations" (id, checksum, migration_name, finished_at)
    VALUES ('newer', '', ${newer}, now())`;
  expect(await readiness()).toEqual(isReady);
  await database.$executeRaw`DELETE FROM "_prisma_migrations" WHERE id = 'newer'`;
});

test("a queue whose tables are gone is not ready", async () => {
  const { database } = server.services;
  await database.$executeRaw`ALTER SCHEMA pgboss RENAME TO away`;
  const { code, parts } = await readiness();
  await database.$executeRaw`ALTER SCHEMA away RENAME TO pgboss`;
  expect({ code, parts }).toEqual({ code: 503, parts: ["queue"] });
  expect(await readiness()).toEqual(isReady);
});

/** Lets nobody into the database, and closes the sessions that a condition names. */
async function closeDatabase(condition: string): Promise<void> {
  await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  await admin.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND ${condition}`,
    [name],
  );
}

const openDatabase = () => admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);

test("a database that has ended is not ready, though the process lives, until it is back", async () => {
  await closeDatabase("true");
  await eventually(async () => (await readiness()).parts.length === 2);
  expect(await readiness()).toMatchObject({
    code: 503,
    status: "not ready",
    parts: ["database", "notifications"],
  });
  expect(await get("/healthz")).toMatchObject({ code: 200 });
  await openDatabase();
  await eventually(async () => (await readiness()).code === 200);
});

test("a lost connection for notifications alone is not ready, until there is a new one", async () => {
  await closeDatabase("application_name = 'opnas-listener'");
  await eventually(async () => (await readiness()).parts.join() === "notifications");
  await openDatabase();
  await eventually(async () => (await readiness()).code === 200);
});

test("a database that says nothing at all is not ready, and that is known within seconds", async () => {
  const proxy = await startProxy(databaseUrl);
  const cutOff = await testServer(proxy.url);
  try {
    proxy.cut();
    expect(await readiness(cutOff.port)).toMatchObject({ code: 503, parts: ["database"] });
  } finally {
    await proxy.stop();
    await cutOff.stop();
  }
});
