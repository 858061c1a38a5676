import { randomUUID } from "node:crypto";
import { appendEvents, runChannel, startRun } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { presets } from "@opnas/core";
import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { eventually, Subscription, testServer, webSocketClient } from "../testing/client.js";
import { followRun } from "./follow.js";

const databaseUrl = await testDatabase();
const server = await testServer(databaseUrl);
afterAll(() => server.stop());
const { database, queue, notifications } = server.services;

interface Message {
  searchEvents: { seq: number; kind: string; payload: { step?: number } };
}
const query = `subscription ($runId: ID!, $after: Int) {
  searchEvents(runId: $runId, after: $after) { seq kind payload }
}`;

function follow(runId: string, after?: number): Subscription<Message> {
  return new Subscription<Message>(server.port, query, { runId, after });
}

function seqs({ messages }: Subscription<Message>): number[] {
  return messages.flatMap(({ data }) => (data ? [data.searchEvents.seq] : []));
}

function oneTo(count: number, from = 1): number[] {
  return Array.from({ length: count - from + 1 }, (_, index) => from + index);
}

async function newRun(): Promise<string> {
  const preset = presets[0];
  if (preset === undefined) throw new Error("There are no presets.");
  const { name, settings } = preset;
  const run = await startRun(database, queue, { name, seed: 1, preset: name, settings });
  return run.id;
}

/** Appends progress events, one transaction each. */
async function append(runId: string, count: number): Promise<void> {
  for (let step = 1; step <= count; step++) {
    const payload = { step, total: count, loss: 5, tokensPerSecond: 1, etaSeconds: 1, note: null };
    await database.$transaction((tx) =>
      appendEvents(tx, runId, [{ kind: "supernet.progress", payload }]),
    );
  }
}

test("stored events are replayed in batches, then new ones follow: each of 1 to n once", async () => {
  const runId = await newRun();
  await database.$transaction(async (tx) => {
    const payload = { status: "RUNNING", reason: null };
    const event = { kind: "run.status", payload } as const;
    await appendEvents(
      tx,
      runId,
      Array.from({ length: 499 }, () => event),
    );
  });
  const subscription = follow(runId);
  await subscription.until((messages) => messages.length >= 500);
  await append(runId, 20);
  await subscription.until((messages) => messages.length >= 520);
  await subscription.leave();
  expect(seqs(subscription)).toEqual(oneTo(520));
});

test("every reader gets exactly 1 to n while events are written during and after its replay", async () => {
  const runId = await newRun();
  await append(runId, 30);
  const readers = [follow(runId), follow(runId)];
  const writing = Promise.all([1, 2, 3, 4].map(() => append(runId, 60)));
  await readers[0]?.until((messages) => messages.length > 60);
  readers.push(follow(runId), follow(runId, 40));
  await writing;
  const last = 1 + 30 + 4 * 60;
  await eventually(() => readers.every((reader) => seqs(reader).at(-1) === last));
  for (const reader of readers) await reader.leave();
  expect(readers.map(seqs)).toEqual([oneTo(last), oneTo(last), oneTo(last), oneTo(last, 41)]);
});

test("a reader that resumes after its last seq misses no event and gets none twice", async () => {
  const runId = await newRun();
  const writing = append(runId, 100);
  const seen: number[] = [];
  while (seen.length < 101) {
    const reader = follow(runId, seen.at(-1) ?? 0);
    const wanted = Math.min(seen.length + 17, 101) - seen.length;
    await reader.until((messages) => messages.length >= wanted);
    await reader.leave();
    seen.push(...seqs(reader));
  }
  await writing;
  expect(seen).toEqual(oneTo(101));
});

test("events written while the notification connection is lost arrive after it reconnects", async () => {
  const runId = await newRun();
  const reader = follow(runId);
  await reader.until((messages) => messages.length === 1);
  await database.$executeRaw`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'opnas-listener' AND datname = current_database()`;
  await append(runId, 5);
  await reader.until((messages) => messages.length >= 6);
  expect(server.log.lines.some((line) => line.startsWith("Lost the database"))).toBe(true);
  await eventually(() => server.log.lines.includes("The database's notifications are back."));
  await append(runId, 1);
  await reader.until((messages) => messages.length >= 7);
  await reader.leave();
  expect(seqs(reader)).toEqual(oneTo(7));
});

test("a subscription continues after the database has dropped all connections", async () => {
  const runId = await newRun();
  const reader = follow(runId);
  await reader.until((messages) => messages.length === 1);
  const admin = new pg.Client({ connectionString: databaseUrl });
  await admin.connect();
  await admin.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
  );
  await admin.query("SELECT pg_notify($1, $2)", [runChannel, runId]);
  await admin.end();
  await eventually(async () => {
    try {
      await append(runId, 1);
      return true;
    } catch {
      return false;
    }
  });
  await reader.until((messages) => messages.length >= 2);
  await reader.leave();
  expect(seqs(reader)).toEqual([1, 2]);
});

test("events that could not be read for a reason that no retry mends are read with the next change", async () => {
  const runId = await newRun();
  const seen: number[] = [];
  const unlisten = server.services.feed.listen((of, events) => {
    if (of === runId) seen.push(...events.map(({ seq }) => seq));
  });
  const failures = () =>
    server.log.lines.filter((line) => line.startsWith("Could not read new events")).length;
  await eventually(() => server.services.feed.listenerCount > 0);
  await database.$executeRaw`ALTER TABLE "RunEvent" RENAME TO "RunEventAway"`;
  await database.$executeRaw`SELECT pg_notify(${runChannel}, ${runId})`;
  await eventually(() => failures() > 0);
  await database.$executeRaw`ALTER TABLE "RunEventAway" RENAME TO "RunEvent"`;
  await append(runId, 2);
  await eventually(() => seen.at(-1) === 3);
  unlisten();
  expect(seen.slice(-2)).toEqual([2, 3]);
});

test("a reader of a run that does not exist gets NOT_FOUND", async () => {
  const runId = randomUUID();
  const reader = follow(runId);
  await reader.until((messages) => messages.length === 1);
  expect(reader.messages[0]?.errors).toMatchObject([
    { message: `There is no run ${runId}.`, extensions: { code: "NOT_FOUND", kind: "user" } },
  ]);
  await reader.ended();
  await reader.leave();
});

test("no listener remains once the clients have unsubscribed or lost their connection", async () => {
  const runId = await newRun();
  const before = notifications.listenerCount;
  const readers = oneTo(5).map(() => follow(runId));
  await eventually(() => readers.every(({ messages }) => messages.length === 1));
  expect(notifications.listenerCount).toBe(before + 5);
  const dying = webSocketClient(server.port);
  const socket = new Promise<{ terminate(): void }>((resolve) => {
    dying.on("connected", (connected) => resolve(connected as { terminate(): void }));
  });
  const iterator = dying.iterate({ query, variables: { runId } });
  await iterator.next();
  expect(notifications.listenerCount).toBe(before + 6);
  (await socket).terminate();
  for (const reader of readers) await reader.leave();
  await eventually(() => notifications.listenerCount === before);
  await iterator.next().catch(() => undefined);
  await dying.dispose();
});

test("the server reads at most one batch ahead of a slow reader", async () => {
  const runId = await newRun();
  await append(runId, 3);
  let reads = 0;
  const eventLog = {
    read: (...request: [string, number]) => {
      reads++;
      return server.services.eventLog.read(...request);
    },
  };
  const iterator = followRun({ ...server.services, eventLog }, runId, 0)[Symbol.asyncIterator]();
  expect((await iterator.next()).value).toMatchObject({ seq: 1 });
  await append(runId, 10);
  expect(reads).toBe(1);
  for (const seq of oneTo(14, 2)) expect((await iterator.next()).value).toMatchObject({ seq });
  await iterator.return?.();
});

test("an event resolves the run, architecture and generation that it is about", async () => {
  const reader = new Subscription<{ searchEvents: { run: { id: string } } }>(
    server.port,
    `subscription ($runId: ID!) {
      searchEvents(runId: $runId) { runId time run { id lastSeq } architecture { id } generation { id } }
    }`,
    { runId: await newRun() },
  );
  await reader.until((messages) => messages.length === 1);
  await reader.leave();
  expect(reader.messages[0]).toMatchObject({
    data: { searchEvents: { run: { lastSeq: 1 }, architecture: null, generation: null } },
  });
});
