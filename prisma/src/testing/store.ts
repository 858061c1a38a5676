import { afterAll, beforeEach, expect } from "vitest";
import { createClient } from "../client.js";
import { openQueue, queues } from "../queue.js";
import { testDatabase } from "./index.js";

/**
 * Opens the calling test file's own database with its queue. No worker takes the jobs; each test
 * starts with empty queues. An error of the queue fails the file.
 */
export async function testStore() {
  const url = await testDatabase();
  const db = createClient(url);
  const errors: Error[] = [];
  const queue = await openQueue(url, { supervise: false, onError: (error) => errors.push(error) });
  beforeEach(async () => {
    await queue.deleteAllJobs(queues.trainer);
    await queue.deleteAllJobs(queues.evolve);
  });
  afterAll(async () => {
    await queue.stop({ graceful: false });
    await db.$disconnect();
    expect(errors).toEqual([]);
  });
  return { db, queue };
}

/** The row of the worker in whose name tests claim work. */
export const testWorker = {
  id: "0199b1f0-0000-7000-8000-000000000001",
  name: "test",
  engine: "wasm",
  engineReasons: [],
  threads: 1,
  slots: 2,
  status: "idle",
  currentJobs: [],
} as const;
