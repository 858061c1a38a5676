import { randomUUID } from "node:crypto";
import { presetNamed } from "@opnas/core";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { createClient } from "./client.js";
import { type Again, Consumer } from "./consumer.js";
import { enqueueTrainerJobs, openQueue, queues } from "./queue.js";
import { startRun } from "./runs/lifecycle.js";
import { testDatabase } from "./testing/index.js";

const url = await testDatabase();
const db = createClient(url);
const queue = await openQueue(url, { supervise: true, onError: () => undefined });
const consumers: Consumer[] = [];
beforeEach(() => queue.deleteAllJobs(queues.trainer));
afterEach(async () => {
  for (const consumer of consumers.splice(0)) await consumer.stop(1);
});
afterAll(async () => {
  await queue.stop({ graceful: false });
  await db.$disconnect();
});

type Handle = (job: { id: string; data: unknown }) => Promise<Again | undefined>;

function consume(handle: Handle, slots = 1): Consumer {
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const consumer = new Consumer(queue, { name: queues.trainer, slots, handle, onError });
  consumers.push(consumer);
  consumer.start();
  return consumer;
}

async function enqueue(count = 1): Promise<void> {
  const jobs = Array.from({ length: count }, () => ({
    kind: "pretrain" as const,
    trainingId: randomUUID(),
  }));
  await db.$transaction((tx) => enqueueTrainerJobs(queue, tx, jobs));
}

interface Row {
  state: string;
  retry_count: number;
  waits: boolean;
}
const rows = () =>
  db.$queryRaw<Row[]>`SELECT state::text, retry_count, start_after > now() AS waits FROM pgboss.job
                       WHERE name = ${queues.trainer}`;
async function untilRows(isMet: (found: Row[]) => boolean): Promise<Row[]> {
  for (;;) {
    const found = await rows();
    if (isMet(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
const all = (state: string) => (found: Row[]) => found.every((row) => row.state === state);

/** Work that ends when it is told to. */
function slowWork() {
  let end = () => {};
  let begun = () => {};
  const hasBegun = new Promise<void>((resolve) => (begun = resolve));
  const ending = new Promise<void>((resolve) => (end = resolve));
  let starts = 0;
  const handle: Handle = async () => {
    starts++;
    begun();
    await ending;
    return undefined;
  };
  return { handle, end: () => end(), hasBegun, starts: () => starts };
}

test("jobs are worked on in as many slots as there are, each once", async () => {
  await enqueue(7);
  let now = 0;
  let most = 0;
  const seen: string[] = [];
  consume(async ({ id }) => {
    now++;
    most = Math.max(most, now);
    seen.push(id);
    await new Promise((resolve) => setTimeout(resolve, 20));
    now--;
    return undefined;
  }, 3);
  await untilRows(all("completed"));
  expect(most).toBe(3);
  expect(new Set(seen).size).toBe(7);
  expect(seen).toHaveLength(7);
});

test("a run with a limit has no more candidates at work at once, however many slots are free", async () => {
  const { settings } = presetNamed("smoke");
  const limited = { ...settings, atOnce: 2 };
  const run = await startRun(db, queue, { name: "a", seed: 1, preset: "smoke", settings: limited });
  await queue.deleteAllJobs(queues.trainer);
  const jobs = Array.from({ length: 6 }, () => ({
    kind: "evaluate" as const,
    runId: run.id,
    architectureId: randomUUID(),
  }));
  await db.$transaction((tx) => enqueueTrainerJobs(queue, tx, jobs));
  let now = 0;
  let most = 0;
  consume(async () => {
    now++;
    most = Math.max(most, now);
    await new Promise((resolve) => setTimeout(resolve, 20));
    now--;
    return undefined;
  }, 5);
  await untilRows(all("completed"));
  expect(most).toBe(2);
});

test("a job whose worker died is taken over", async () => {
  await enqueue();
  await queue.fetch(queues.trainer); // The worker that took it never says anything again.
  await db.$executeRaw`UPDATE pgboss.job SET heartbeat_on = now() - interval '11 s'`;
  consume(() => Promise.resolve(undefined));
  expect(await untilRows(all("completed"))).toMatchObject([{ retry_count: 1 }]);
});

test("a worker that was too slow for its lease takes it back, and nothing is done twice", async () => {
  await enqueue();
  const work = slowWork();
  consume(work.handle);
  await work.hasBegun;
  await db.$executeRaw`UPDATE pgboss.job SET heartbeat_on = now() - interval '1 day'`;
  await queue.supervise(queues.trainer);
  await untilRows(([row]) => row?.state === "active");
  work.end();
  expect(await untilRows(all("completed"))).toMatchObject([{ retry_count: 0 }]);
  expect(work.starts()).toBe(1);
});

test("a lease that another worker has by now is not taken back", async () => {
  await enqueue();
  const work = slowWork();
  consume(work.handle);
  await work.hasBegun;
  await db.$executeRaw`UPDATE pgboss.job SET state = 'retry', start_after = now()`;
  const [other] = await queue.fetch(queues.trainer);
  work.end();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await rows()).toMatchObject([{ state: "active", retry_count: other?.retryCount ?? 1 }]);
});

test("only silence ends a lease: a job may be worked on for longer than any expiry", async () => {
  await enqueue();
  const work = slowWork();
  consume(work.handle);
  await work.hasBegun;
  await db.$executeRaw`UPDATE pgboss.job SET started_on = now() - interval '300 days'`;
  await new Promise((resolve) => setTimeout(resolve, 2_600)); // One heartbeat.
  await queue.supervise(queues.trainer);
  expect(await rows()).toMatchObject([{ state: "active", retry_count: 0 }]);
  work.end();
  await untilRows(all("completed"));
});

test("a job that failed is tried again, and the attempt counts", async () => {
  await enqueue();
  let tries = 0;
  consume(() => (++tries < 2 ? Promise.reject(new Error("no")) : Promise.resolve(undefined)));
  expect(await untilRows(all("completed"))).toMatchObject([{ retry_count: 1 }]);
});

test("a job that is given back waits as long as was asked, and the attempt does not count", async () => {
  await enqueue();
  consume(() => Promise.resolve({ againInSeconds: 3600 }));
  const waiting = await untilRows(([row]) => row?.waits === true);
  expect(waiting).toMatchObject([{ state: "created", retry_count: 0 }]);
});

test("a consumer that stops gives its job back at once, and the attempt does not count", async () => {
  await enqueue();
  const stopping = new AbortController();
  let begun = () => {};
  const hasBegun = new Promise<void>((resolve) => (begun = resolve));
  const first = consume(
    () =>
      new Promise((_, reject) => {
        begun();
        stopping.signal.addEventListener("abort", () => reject(new Error("stopped")));
      }),
  );
  await hasBegun;
  stopping.abort();
  await first.stop(5);
  expect(await rows()).toMatchObject([{ state: "created", retry_count: 0, waits: false }]);
  consume(() => Promise.resolve(undefined));
  expect(await untilRows(all("completed"))).toMatchObject([{ retry_count: 0 }]);
});
