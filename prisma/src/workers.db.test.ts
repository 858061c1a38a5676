import { afterAll, expect, test, vi } from "vitest";
import { workerChannel } from "./channels.js";
import { createClient } from "./client.js";
import { readWorkerUsage, type WorkerUsage } from "./contracts/workerUsage.js";
import { Notifications } from "./notifications.js";
import { testDatabase } from "./testing/index.js";
import { testWorker } from "./testing/store.js";
import { reportWorker } from "./workers.js";

const url = await testDatabase();
const db = createClient(url);
afterAll(() => db.$disconnect());
const { id } = testWorker;
const usage: WorkerUsage = {
  cpuShare: 1.87,
  memoryBytes: 5e9,
  cores: 2,
  hostMemoryBytes: 16e9,
  hostMemoryFreeBytes: 8e9,
  gpus: [
    { index: 0, name: "L4", utilisation: 0.93, memoryUsedBytes: null, memoryBytes: 24 * 2 ** 30 },
  ],
};
const stored = () => db.worker.findUniqueOrThrow({ where: { id } });

test("a report makes the worker's row, the next ones change it, and each is told", async () => {
  const told: unknown[] = [];
  const notifications = new Notifications(url, [workerChannel], (line) => told.push(line));
  await notifications.start();
  notifications.listen(workerChannel, (payload) => payload !== null && told.push(payload));

  const work = {
    kinds: { evaluate: { done: 3, returned: 1, waitSeconds: 0.5, workSeconds: 90 } },
    tokensPerSecond: 0,
  };
  await reportWorker(db, { ...testWorker, restReason: "The disk is full.", usage, work });
  const first = await stored();
  expect(first).toMatchObject({ ...testWorker, restReason: "The disk is full.", usage, work });
  await reportWorker(db, {
    ...testWorker,
    slots: 3,
    status: "busy",
    engineReasons: ["a 'quoted' reason"],
    currentJobs: ["super-net"],
  });
  const second = await stored();
  expect(second).toMatchObject({
    slots: 3,
    status: "busy",
    engineReasons: ["a 'quoted' reason"],
    currentJobs: ["super-net"],
    restReason: null,
    usage: null,
    startedAt: first.startedAt,
  });
  expect(second.lastSeenAt.getTime()).toBeGreaterThanOrEqual(first.lastSeenAt.getTime());
  await vi.waitUntil(() => told.length === 2, { timeout: 20_000 });
  expect(told).toEqual([id, id]);
  await notifications.stop();
});

test("a usage that a newer version stored is read as far as it is known, or not at all", () => {
  expect(readWorkerUsage({ ...usage, disk: 1 })).toEqual(usage);
  expect(readWorkerUsage({ ...usage, cores: "two" })).toBeNull();
  expect(readWorkerUsage(null)).toBeNull();
});
