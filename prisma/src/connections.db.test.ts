import { fork } from "node:child_process";
import { once } from "node:events";
import pg from "pg";
import { expect, test } from "vitest";
import { withCancellation } from "./cancellation.js";
import { createClient, type Database } from "./client.js";
import { endSilentConnections, openPool } from "./connections.js";
import { databaseError } from "./databaseError.js";
import { Prisma } from "./generated/client.js";
import { openQueue } from "./queue.js";
import { testDatabase } from "./testing/index.js";
import { startProxy } from "./testing/proxy.js";

const url = await testDatabase();
const row = { name: "a run", seed: 1, preset: "smoke", strategy: "opnas", settings: {} };

const limits = `SELECT current_setting('statement_timeout') AS statement,
  current_setting('lock_timeout') AS lock, current_setting('tcp_user_timeout') AS tcp,
  current_setting('idle_in_transaction_session_timeout') AS idle`;
const expected = { statement: "30s", lock: "15s", tcp: "15000", idle: "10s" };

test("the sessions of client and queue have limits; options of the address stay", async () => {
  const own = new URL(url);
  own.searchParams.set("options", "-c work_mem=5MB");
  const db = createClient(own.href);
  const queue = await openQueue(url, { supervise: false, onError: () => undefined });
  try {
    expect(await db.$queryRawUnsafe(limits)).toEqual([expected]);
    expect(await db.$queryRaw`SHOW work_mem`).toEqual([{ work_mem: "5MB" }]);
    expect((await queue.getDb().executeSql(limits)).rows).toEqual([expected]);
  } finally {
    await db.$disconnect();
    await queue.stop({ graceful: false });
  }
});

test("a process that is frozen within a transaction loses its locks, and its wake-up is no crash", async () => {
  const db = createClient(url);
  const { id } = await db.searchRun.create({ data: row });
  const child = fork(new URL("./testing/frozenTransaction.mjs", import.meta.url), [url, id]);
  try {
    await once(child, "message"); // It has the lock.
    child.kill("SIGSTOP");
    await db.$transaction((tx) => tx.searchRun.update({ where: { id }, data: { name: "free" } }), {
      timeout: 20_000,
    });
    const woken = once(child, "message");
    child.kill("SIGCONT");
    expect(await woken).toMatchObject([{ code: "DATABASE_UNREACHABLE" }, undefined]);
  } finally {
    child.kill("SIGKILL");
    await db.$disconnect();
  }
}, 40_000);

test("a connection that the network swallowed is given up, and the next one serves", async () => {
  const proxy = await startProxy(url);
  const pool = new pg.Pool({ connectionString: proxy.url, max: 1, connectionTimeoutMillis: 1_000 });
  pool.on("error", () => undefined);
  endSilentConnections(pool, 1);
  try {
    await pool.query("SELECT 1");
    proxy.cut();
    const error = await pool.query("SELECT 2").catch((reason: unknown) => reason);
    expect(databaseError(error)).toMatchObject({ code: "DATABASE_UNREACHABLE" });
    proxy.mend();
    expect((await pool.query("SELECT 3 AS three")).rows).toEqual([{ three: 3 }]);
  } finally {
    await pool.end();
    await proxy.stop();
  }
});

test("a statement that answers in time is left alone, however long its connection is idle", async () => {
  const pool = openPool(url, "patient", 1);
  endSilentConnections(pool, 1);
  try {
    const client = await pool.connect();
    client.release();
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    expect(pool.totalCount).toBe(1);
  } finally {
    await pool.end();
  }
});

const whereSleeping = Prisma.sql`
  WHERE query LIKE '%to be ended%' AND state = 'active' AND pid <> pg_backend_pid()`;

/** Sleeps in a statement that could be cancelled. @returns its error, as the platform tells it */
function sleepUntilEnded(db: Database) {
  return withCancellation(new AbortController().signal, () =>
    db.$queryRaw`SELECT pg_sleep(20), 'to be ended' AS mark`.then(
      () => undefined,
      (error: unknown) => databaseError(error),
    ),
  );
}

test("a session that is ended within a statement that could be cancelled is not used again", async () => {
  const [db, other] = [createClient(url), createClient(url)];
  try {
    const slept = sleepUntilEnded(db);
    const end = () =>
      other.$executeRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity ${whereSleeping}`;
    await expect.poll(end).toBeGreaterThan(0);
    expect(await slept).toMatchObject({ code: "DATABASE_UNREACHABLE" });
    expect(await db.$queryRaw`SELECT 1 AS one`).toEqual([{ one: 1 }]);
  } finally {
    await Promise.all([db.$disconnect(), other.$disconnect()]);
  }
});

test("a connection that breaks within a statement that could be cancelled fails it, and not the process", async () => {
  const proxy = await startProxy(url);
  const [db, other] = [createClient(proxy.url), createClient(url)];
  try {
    const slept = sleepUntilEnded(db);
    const seen = () => other.$executeRaw`SELECT FROM pg_stat_activity ${whereSleeping}`;
    await expect.poll(seen).toBeGreaterThan(0);
    await proxy.stop();
    expect(await slept).toMatchObject({ code: "DATABASE_UNREACHABLE" });
    await other.$executeRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity ${whereSleeping}`;
  } finally {
    await Promise.all([db.$disconnect(), other.$disconnect()]);
  }
});
