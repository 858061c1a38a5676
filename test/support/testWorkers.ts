import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createClient, openQueue } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect } from "vitest";
import { WorkerProcess } from "./workerProcess.js";

/**
 * Makes a database, a queue and a data folder for one test file, and starts real workers on them.
 * After the file's last test everything is stopped and removed, and the queue must have had no error.
 */
export async function startTestWorkers(name: string) {
  const databaseUrl = await testDatabase();
  const db = createClient(databaseUrl);
  const queueErrors: unknown[] = [];
  const queue = await openQueue(databaseUrl, {
    supervise: false,
    onError: (error) => queueErrors.push(error),
  });
  const dataFolder = await mkdtemp(path.join(tmpdir(), `opnas-${name}-`));
  const workers: WorkerProcess[] = [];
  const stopWorkers = async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
  };
  const startWorker = async (
    slots: number,
    machine: { dataFolder?: string; env?: NodeJS.ProcessEnv } = {},
  ): Promise<WorkerProcess> => {
    const worker = await WorkerProcess.start({ databaseUrl, dataFolder, slots, ...machine });
    workers.push(worker);
    return worker;
  };
  afterAll(async () => {
    await stopWorkers();
    await queue.stop({ graceful: false });
    await db.$disconnect();
    await rm(dataFolder, { recursive: true, force: true });
    expect(queueErrors).toEqual([]);
  });
  return { db, queue, databaseUrl, dataFolder, startWorker, stopWorkers };
}
