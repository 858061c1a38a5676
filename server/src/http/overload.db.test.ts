import { connect } from "node:net";
import { databaseError, withCancellation } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import pg from "pg";
import { afterAll, expect, test } from "vitest";
import WebSocket from "ws";
import { eventually, testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const databaseUrl = await testDatabase();
const server = await testServer(databaseUrl, { querySeconds: 2 });
/** One session holds locks, another looks: within a transaction the statistics of sessions stand still. */
const admin = new pg.Client({ connectionString: databaseUrl });
const watcher = new pg.Client({ connectionString: databaseUrl });
await admin.connect();
await watcher.connect();
afterAll(async () => {
  await admin.end();
  await watcher.end();
  await server.stop();
});

const json = { "content-type": "application/json" };

/** The statements that the API's connections are in, by a part of their text. */
async function running(part: string): Promise<number> {
  const { rows } = await watcher.query<{ count: string }>(
    `SELECT count(*) FROM pg_stat_activity
      WHERE application_name = 'opnas' AND state = 'active' AND query ILIKE $1`,
    [`%${part}%`],
  );
  return Number(rows[0]?.count);
}

/** Keeps readers of runs waiting until the returned function is called. */
async function holdRuns(): Promise<() => Promise<unknown>> {
  await admin.query('BEGIN; LOCK TABLE "SearchRun" IN ACCESS EXCLUSIVE MODE');
  return () => admin.query("ROLLBACK");
}

const runs = "{ searchRuns { edges { node { id } } } }";

test("a read whose client has left is given up in Postgres", async () => {
  const release = await holdRuns();
  const leaving = new AbortController();
  const body = JSON.stringify({ query: runs });
  const asked = fetch(server.url, { method: "POST", headers: json, body, signal: leaving.signal });
  await eventually(async () => (await running("SearchRun")) > 0);
  leaving.abort();
  await expect(asked).rejects.toThrow();
  const since = performance.now();
  await eventually(async () => (await running("SearchRun")) === 0);
  // Well before the time-out of statements, which is 2 s here.
  expect(performance.now() - since).toBeLessThan(1_900);
  await release();
  expect((await server.ask(runs)).errors).toBeUndefined();
});

test("a read whose client left before it began is no fault of the server", async () => {
  const { database } = server.services;
  const failure: unknown = await withCancellation(AbortSignal.abort(), async () =>
    database.searchRun.count().catch(databaseError),
  );
  expect(failure).toMatchObject({ code: "DATABASE_BUSY", kind: "retryable" });
});

test("a statement that takes too long is given up, with a code of its own", async () => {
  const release = await holdRuns();
  const { errors } = await server.ask(runs);
  await release();
  expect(errors?.[0]?.extensions.code).toBe("DATABASE_BUSY");
});

test("while every connection is busy the health page answers, and requests hear that the server is busy", async () => {
  const { database } = server.services;
  const busy = Array.from({ length: 40 }, () =>
    database.$queryRaw`SELECT pg_sleep(1.8)::text`.catch(() => undefined),
  );
  const asked = server.ask(runs);
  expect((await fetch(server.url.replace("graphql", "health"))).status).toBe(200);
  const { errors } = await asked;
  expect(errors?.[0]?.extensions).toMatchObject({ code: "SERVER_BUSY", kind: "retryable" });
  await Promise.all(busy);
}, 30_000);

test("a client that vanishes with many answers unwritten leaves nothing in the log", async () => {
  const driver = new SearchDriver(server.services);
  await driver.signIn();
  const run = await driver.startedRun({ population: 100 });
  await driver.propose(run, 0);
  const query = `{ searchRun(id: "${run.id}") { architectures(first: 100) { edges { node { id json canonical: json } } } } }`;
  for (let client = 0; client < 2; client++) {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/graphql`, "graphql-transport-ws");
    await new Promise((resolve) => socket.once("open", resolve));
    socket.send(JSON.stringify({ type: "connection_init" }));
    await new Promise((resolve) => socket.once("message", resolve));
    socket.pause();
    for (let id = 0; id < 60; id++) {
      socket.send(JSON.stringify({ id: String(id), type: "subscribe", payload: { query } }));
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    socket.terminate();
  }
  const raw = connect(server.port, "127.0.0.1");
  raw.on("error", () => undefined);
  raw.write("POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n");
  raw.destroy();
  expect((await server.ask("{ presets { name } }")).errors).toBeUndefined();
  expect(server.log.lines.filter((line) => !line.startsWith("Notif"))).toEqual([]);
}, 30_000);

test("nested lineages are ended by the rows that they read", async () => {
  const { database } = server.services;
  const run = await database.searchRun.findFirstOrThrow();
  // A chain of parents that is far longer than usual.
  await database.$executeRaw`
    WITH numbered AS (
      SELECT id, lag(id) OVER (ORDER BY id) AS before FROM "Architecture" WHERE "runId" = ${run.id}::uuid
    )
    UPDATE "Architecture" a SET "parentId" = numbered.before FROM numbered WHERE a.id = numbered.id`;
  const last = await database.architecture.findFirstOrThrow({
    where: { runId: run.id },
    orderBy: { id: "desc" },
  });
  const deep = `{ architecture(id: "${last.id}") { lineage { architecture { lineage { architecture { lineage { architecture { id } } } } } } } }`;
  const { errors } = await server.ask(deep);
  expect(errors?.[0]?.extensions.code).toMatch(/^(TOO_LARGE|GRAPHQL_VALIDATION_FAILED)$/);
  expect(errors?.length).toBeLessThanOrEqual(20);
}, 30_000);
