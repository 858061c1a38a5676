import { OpnasError } from "@opnas/core";
import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { createClient, type Transaction } from "./client.js";
import { databaseError } from "./databaseError.js";
import { testDatabase } from "./testing/index.js";

const url = await testDatabase();
const db = createClient(url);
afterAll(() => db.$disconnect());
await db.$executeRaw`CREATE TABLE "Item" (id int PRIMARY KEY, value int NOT NULL)`;
await db.$executeRaw`INSERT INTO "Item" VALUES (1, 0), (2, 0)`;

const raise = (tx: Transaction, id: number) =>
  tx.$executeRaw`UPDATE "Item" SET value = value + 1 WHERE id = ${id}`;

/** Waits until so many calls have been made. */
function meeting(of: number) {
  let come = () => {};
  let left = of;
  const all = new Promise<void>((resolve) => (come = resolve));
  return async () => {
    left -= 1;
    if (left === 0) come();
    await all;
  };
}

/** Returns the errors that some of these calls throw, as the platform's. */
async function failuresOf(calls: Promise<unknown>[]): Promise<OpnasError[]> {
  const ends = await Promise.allSettled(calls);
  return ends.flatMap((end) => (end.status === "rejected" ? [databaseError(end.reason)] : []));
}

const codesOf = (errors: OpnasError[]) => errors.map(({ code, kind }) => [code, kind]);

test("one of two transactions that wait for each other is busy, not broken", async () => {
  const met = meeting(2);
  const lockBoth = (first: number, second: number) =>
    db.$transaction(async (tx) => {
      await raise(tx, first);
      await met();
      await raise(tx, second);
    });
  const failures = await failuresOf([lockBoth(1, 2), lockBoth(2, 1)]);
  expect(codesOf(failures)).toEqual([["DATABASE_BUSY", "retryable"]]);
});

test("a serialization failure is busy, in raw SQL as in Prisma's own queries", async () => {
  const met = meeting(2);
  const change = (id: number) =>
    db.$transaction(
      async (tx) => {
        await tx.$queryRaw`SELECT sum(value) FROM "Item"`;
        await met();
        await raise(tx, id);
      },
      { isolationLevel: "Serializable" },
    );
  expect(codesOf(await failuresOf([change(1), change(2)]))).toEqual([
    ["DATABASE_BUSY", "retryable"],
  ]);

  const worker = {
    id: "0199b1f0-0000-7000-8000-000000000001",
    name: "before",
    engine: "wasm",
    engineReasons: [],
    threads: 1,
    slots: 1,
    status: "idle",
    currentJobs: [],
  };
  await db.worker.create({ data: worker });
  const metAgain = meeting(2);
  const rename = (name: string) =>
    db.$transaction(
      async (tx) => {
        await tx.worker.count();
        await metAgain();
        await tx.worker.update({ where: { id: worker.id }, data: { name } });
      },
      { isolationLevel: "RepeatableRead" },
    );
  expect(codesOf(await failuresOf([rename("one"), rename("other")]))).toEqual([
    ["DATABASE_BUSY", "retryable"],
  ]);
});

test("a statement that takes too long is busy", async () => {
  const sleep = db.$transaction(async (tx) => {
    await tx.$executeRaw`SET LOCAL statement_timeout = '20ms'`;
    await tx.$queryRaw`SELECT 1 FROM (SELECT pg_sleep(10)) AS slept`;
  });
  expect(codesOf(await failuresOf([sleep]))).toEqual([["DATABASE_BUSY", "retryable"]]);
});

test("a lock that another transaction holds too long is busy", async () => {
  const failures = await db.$transaction(async (holder) => {
    await raise(holder, 1);
    const waiting = db.$transaction(async (tx) => {
      await tx.$executeRaw`SET LOCAL lock_timeout = '20ms'`;
      await raise(tx, 1);
    });
    return failuresOf([waiting]);
  });
  expect(codesOf(failures)).toEqual([["DATABASE_BUSY", "retryable"]]);
});

test("the driver's own errors mean the same as those that Prisma wraps", async () => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("SET statement_timeout = '20ms'");
    expect(codesOf(await failuresOf([client.query("SELECT pg_sleep(10)")]))).toEqual([
      ["DATABASE_BUSY", "retryable"],
    ]);
  } finally {
    await client.end();
  }
});

test("a connection that is ended in the middle of a transaction is unreachable", async () => {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  const cut = db.$transaction(async (tx) => {
    const [row] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
    await admin.query("SELECT pg_terminate_backend($1)", [row?.pid]);
    await raise(tx, 1);
  });
  expect(codesOf(await failuresOf([cut]))).toEqual([["DATABASE_UNREACHABLE", "retryable"]]);
  await admin.end();
});

test("an error of the query itself stays internal", async () => {
  const failures = await failuresOf([db.$executeRaw`INSERT INTO "Item" VALUES (1, 0)`]);
  expect(codesOf(failures)).toEqual([["INTERNAL", "fatal"]]);
});
