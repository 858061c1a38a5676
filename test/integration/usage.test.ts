/** A real worker's measurements of itself, in its row on a real Postgres. */
import { presetNamed } from "@opnas/core";
import { readWorkerUsage, startRun } from "@opnas/prisma";
import { expect, test } from "vitest";
import { startTestWorkers } from "../support/testWorkers.js";
import { until } from "../support/until.js";

const { db, queue, startWorker, stopWorkers } = await startTestWorkers("usage");

test("a worker reports what it and its trainer use, until it stops", async () => {
  const { name: preset, settings } = presetNamed("smoke");
  await startRun(db, queue, { name: "usage", seed: 7, preset, settings });
  await startWorker(1);
  // The worker's own process takes a few hundredths of a core.
  const usage = await until("its trainer's work shows", 90, async () => {
    const [row] = await db.worker.findMany();
    const read = readWorkerUsage(row?.usage);
    return read !== null && (read.cpuShare ?? 0) > 0.2 && read;
  });
  expect(usage.memoryBytes).toBeGreaterThan(100e6);
  expect(usage.memoryBytes).toBeLessThan(usage.hostMemoryBytes);
  expect(usage.cpuShare).toBeLessThan(usage.cores + 1);
  expect(usage.gpus).toBeNull();
  await stopWorkers();
  expect(await db.worker.findMany()).toMatchObject([{ status: "stopped", usage: null }]);
}, 120_000);
