import pg from "pg";
import { expect, test, vi } from "vitest";
import { runChannel } from "./channels.js";
import { createClient } from "./client.js";
import { Notifications } from "./notifications.js";
import { openQueue } from "./queue.js";
import { claimWork } from "./runs/claim.js";
import { RunMaker, testDatabase } from "./testing/index.js";
import { startProxy } from "./testing/proxy.js";
import { testWorker } from "./testing/store.js";

const url = await testDatabase();

test("after the network was gone, listeners are told to read again and hear new notifications", async () => {
  const proxy = await startProxy(url);
  const lines: string[] = [];
  const notifications = new Notifications(proxy.url, [runChannel], (line) => lines.push(line), 200);
  const db = createClient(url, 1);
  const heard: (string | null)[] = [];
  const until = async (isMet: () => boolean) => {
    while (!isMet()) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  try {
    await notifications.start();
    notifications.listen(runChannel, (payload) => heard.push(payload));
    proxy.cut();
    await db.$executeRaw`SELECT pg_notify(${runChannel}, 'missed')`;
    await until(() => lines.length > 0); // The probe got no answer.
    proxy.mend();
    await until(() => lines.at(-1) === "The database's notifications are back.");
    expect(heard).toContain(null);
    await db.$executeRaw`SELECT pg_notify(${runChannel}, 'heard')`;
    await until(() => heard.includes("heard"));
    expect(heard.filter((payload) => payload !== null)).toEqual(["heard"]);
  } finally {
    await notifications.stop();
    await db.$disconnect();
    await proxy.stop();
  }
});

test("what comes in the quarter of a second after a notification that nobody heard is told of, too", async () => {
  const db = createClient(url, 1);
  const notifications = new Notifications(url, [runChannel], () => undefined);
  const heard: (string | null)[] = [];
  try {
    // Sent while nobody listens, as while a connection is lost; the next events do not notify again.
    await db.$executeRaw`SELECT pg_notify(${runChannel}, 'unheard')`;
    await notifications.start();
    notifications.listen(runChannel, (payload) => heard.push(payload));
    await vi.waitFor(() => expect(heard).toEqual([null]), 5_000);
  } finally {
    await notifications.stop();
    await db.$disconnect();
  }
});

test("many events of a run notify a few times, and listeners are told of the last of them too", async () => {
  const db = createClient(url, 4);
  const queue = await openQueue(url, { supervise: false, onError: () => undefined });
  const notifications = new Notifications(url, [runChannel], () => undefined);
  const plain = new pg.Client({ connectionString: url });
  let [sent, known] = [0, 0];
  try {
    await plain.connect();
    plain.on("notification", () => (sent += 1));
    await plain.query(`LISTEN ${runChannel}`);
    await notifications.start();
    await db.worker.create({ data: testWorker });
    const { runId, ids } = await new RunMaker(db, queue, testWorker.id).searchingRun(["a", "b"]);
    const count = () => db.runEvent.count({ where: { runId } });
    const [architecture = ""] = ids;
    const workKey = `evaluate:${architecture}`;
    const before = await count();
    notifications.listen(runChannel, () => void count().then((read) => (known = read)));
    const wanted = { runId, workKey, workerId: testWorker.id, startedArchitecture: architecture };
    for (let each = 0; each < 40; each += 1) await claimWork(db, wanted);
    const all = await count();
    await vi.waitUntil(() => known === all, { timeout: 20_000 });
    const [found] = await db.$queryRaw<{ quarters: number }[]>`
      SELECT count(DISTINCT date_bin('250 ms', time, 'epoch'::timestamptz))::int AS quarters
        FROM "RunEvent" WHERE "runId" = ${runId}::uuid AND seq > ${before}`;
    // An event at the end of a quarter of a second may be told in the next one.
    expect(sent).toBeLessThanOrEqual(before + 2 * (found?.quarters ?? 0));
  } finally {
    await plain.end();
    await notifications.stop();
    await queue.stop({ graceful: false });
    await db.$disconnect();
  }
});
