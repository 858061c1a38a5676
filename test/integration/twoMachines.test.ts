/**
 * Searches of workers on two machines: they share a database and a bucket, but no folder. The result
 * has the same bits as that of one machine with a folder.
 */
import path from "node:path";
import { presetNamed, type SearchSettings } from "@opnas/core";
import { startRun, type Transaction } from "@opnas/prisma";
import { afterEach, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { Bucket } from "../support/bucket.js";
import { writeFarmText } from "../support/farmText.js";
import { startTestWorkers } from "../support/testWorkers.js";
import { until } from "../support/until.js";

const { db, queue, dataFolder, startWorker, stopWorkers } = await startTestWorkers("machines");
const bucket = new Bucket(path.join(dataFolder, "bucket"));
const texts = path.join(dataFolder, "text");
beforeAll(() => writeFarmText(path.join(texts, "farm")));
afterEach(async () => {
  await stopWorkers();
  await bucket.stop();
});

const { settings: smoke } = presetNamed("smoke");
const settings: SearchSettings = {
  ...smoke,
  size: { ...smoke.size, vocabulary: 256, length: 16 },
  superNet: { ...smoke.superNet, steps: 10 },
  population: 4,
  generations: 0,
  references: false,
  tasks: ["mlm", "swap"],
  text: { folder: "farm", vocabulary: null },
};
const start = () => startRun(db, queue, { name: "test", seed: 7, preset: "smoke", settings });

/** Starts a worker on a machine that has a data folder of its own. */
const startOn = (machine: string) =>
  startWorker(1, {
    dataFolder: path.join(dataFolder, machine),
    env: { ...bucket.environment, OPNAS_TEXT_DIR: texts },
  });

/** Waits for a run's end and reads everything that its seed determines. */
async function resultOf(id: string) {
  const run = await until("the run ends", 240, async () => {
    const row = await db.searchRun.findUniqueOrThrow({ where: { id } });
    return ["DONE", "FAILED", "CANCELLED"].includes(row.status) && row;
  });
  expect(run).toMatchObject({ status: "DONE", error: null });
  const candidates = await db.architecture.findMany({
    where: { runId: id },
    orderBy: { indexInGeneration: "asc" },
    select: {
      key: true,
      evaluations: {
        select: { score: true, stability: true, taskScores: true, heldOutLoss: true },
      },
    },
  });
  expect(candidates).toHaveLength(settings.population);
  return { candidates, superNet: run.superNetChecksum };
}

const startedSchema = z.object({ workerId: z.uuid() });

/** Lists the workers of a run's attempts at candidates in the order of their starts; false without any. */
async function starts(tx: Transaction, runId: string) {
  const where = { runId, kind: "candidate.started" };
  const events = await tx.runEvent.findMany({ where, orderBy: { seq: "asc" } });
  return events.length > 0 && events.map(({ payload }) => startedSchema.parse(payload).workerId);
}

let reference: Awaited<ReturnType<typeof resultOf>>;

test("one machine with a folder searches", async () => {
  await startWorker(1);
  const { id } = await start();
  reference = await resultOf(id);
  expect(reference.superNet).toMatch(/^[\da-f]{64}$/);
}, 300_000);

test("two machines with a bucket find the same result, also when it is away for a while", async () => {
  await bucket.start();
  await startOn("first");
  const { id } = await start();
  await db.$transaction(
    async (tx) => {
      // No result is stored before both machines are at work, however slow either of them is.
      await tx.$executeRaw`LOCK TABLE "Evaluation" IN SHARE MODE`;
      const [first] = await until("the first machine works on a candidate", 200, () =>
        starts(tx, id),
      );
      await bucket.stop();
      await startOn("second");
      const resting = await until("the second machine rests", 100, async () => {
        const rows = await tx.worker.findMany({ where: { restReason: { not: null } } });
        return rows.length > 0 && rows;
      });
      expect(resting[0]?.restReason).toContain("s3://opnas/here");
      expect(resting[0]?.id).not.toBe(first);
      await bucket.start();
      await until("the second machine works on a candidate", 100, async () => {
        const by = (await starts(tx, id)) || [];
        return by.some((worker) => worker !== first);
      });
    },
    { timeout: 400_000 },
  );
  expect(await resultOf(id)).toEqual(reference);
  const by = await db.evaluation.groupBy({ by: ["workerId"], where: { runId: id } });
  expect(by).toHaveLength(2);
}, 600_000);
