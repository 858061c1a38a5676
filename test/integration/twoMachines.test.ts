/**
 * Searches of workers on two machines: they share a database and a bucket, but no folder. The result
 * has the same bits as that of one machine with a folder.
 */
import path from "node:path";
import { bertLayer, defaultPretraining, presetNamed, type SearchSettings } from "@opnas/core";
import { startPretraining, startRun, type Transaction } from "@opnas/prisma";
import { afterEach, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { createArchitecture } from "../support/architecture.js";
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
  // Also the quickest candidate has a checkpoint.
  superNet: { ...smoke.superNet, steps: 10, checkpointEverySeconds: 0.01 },
  population: 4,
  generations: 0,
  references: false,
  tasks: ["mlm", "swap"],
  text: { folder: "farm", vocabulary: null },
};
const start = () => startRun(db, queue, { name: "test", seed: 7, preset: "smoke", settings });

/** Starts a worker on a machine with an empty data folder, which knows but two addresses. */
const startOn = (machine: string) =>
  startWorker(1, { dataFolder: path.join(dataFolder, machine), env: bucket.environment });

/** Starts the bucket, with the text in it. */
async function startBucket(): Promise<void> {
  await bucket.start();
  await bucket.put(path.join(texts, "farm"), "text/farm");
}

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

/** Does something, and meanwhile lets no worker store a result, however quick it is. */
async function beforeAnyResult(act: (tx: Transaction) => Promise<void>): Promise<void> {
  await db.$transaction(
    async (tx) => {
      await tx.$executeRaw`LOCK TABLE "Evaluation", "TrainingMetric" IN SHARE MODE`;
      await act(tx);
    },
    { timeout: 400_000 },
  );
}

test("two machines with a bucket find the same result, each with a part of the work", async () => {
  await startBucket();
  await startOn("first");
  const { id } = await start();
  await beforeAnyResult(async (tx) => {
    await until("the first machine is at work", 200, () => starts(tx, id));
    await startOn("second");
    await until("both machines are at work", 200, async () => {
      return new Set((await starts(tx, id)) || []).size === 2;
    });
  });
  expect(await resultOf(id)).toEqual(reference);
  const by = await db.evaluation.groupBy({ by: ["workerId"], where: { runId: id } });
  expect(by).toHaveLength(2);
  // A run is over before the last candidate's checkpoints are removed, which a stop waits for.
  await stopWorkers();
  const ofText = /^(prepared\/text-[\da-f]{24}\.bin|text\/farm\/\d+\.txt)$/;
  const left = (await bucket.keys()).filter((key) => !ofText.test(key)).sort();
  expect(left).toEqual([`${id}/super-net.1.safetensors`, `${id}/text.key`, "store.id"].sort());
}, 500_000);

test("a machine goes on from the checkpoint of a dead one, once the bucket is back", async () => {
  await startBucket();
  const first = await startOn("third");
  const { id } = await start();
  let candidate = "";
  await beforeAnyResult(async () => {
    candidate = await until("a candidate's checkpoint is in the bucket", 200, async () => {
      const folders = (await bucket.keys()).map((key) => path.dirname(key));
      const found = folders.find((folder) => folder.startsWith(`${id}/checkpoints/`));
      return found !== undefined && !found.endsWith("super-net") && path.basename(found);
    });
    await first.kill();
  });
  // Without it, the next attempt can only come by a score from the checkpoint.
  await bucket.remove(`${id}/super-net.1.safetensors`);
  await bucket.stop();
  await startOn("fourth");
  const { restReason } = await until("the machine rests", 100, async () => {
    return (await db.worker.findFirst({ where: { restReason: { not: null } } })) ?? undefined;
  });
  expect(restReason).toContain("s3://opnas/here");
  await bucket.start();
  await until("the candidate is scored", 200, async () => {
    return (await db.evaluation.count({ where: { architectureId: candidate } })) === 1;
  });
  await startOn("third");
  expect(await resultOf(id)).toEqual(reference);
  const { attempt } = await db.evaluation.findFirstOrThrow({
    where: { architectureId: candidate },
  });
  expect(attempt).toBe(2);
}, 600_000);

test("a pre-training goes on from the checkpoint of a dead machine, to the same bits", async () => {
  const architectureId = await createArchitecture(db, { version: 1, layers: [bertLayer] });
  // Its run has nothing to do.
  await db.searchRun.updateMany({ where: { status: "QUEUED" }, data: { status: "DONE" } });
  const pretrain = {
    ...defaultPretraining({ ...settings.size, layers: 1 }),
    steps: 20,
    batch: 4,
    checkpointEverySeconds: 0.01,
    text: settings.text,
  };
  const startIt = () =>
    startPretraining(db, queue, { architectureId, seed: 1, settings: pretrain });
  const ended = async (id: string) => {
    const { artifact, ...row } = await until("the pre-training ends", 240, async () => {
      const found = await db.pretraining.findUniqueOrThrow({ where: { id } });
      return ["DONE", "FAILED", "CANCELLED"].includes(found.status) && found;
    });
    expect(row).toMatchObject({ status: "DONE", error: null });
    const curve = await db.pretrainingMetric.findMany({
      where: { pretrainingId: id },
      orderBy: { step: "asc" },
      select: { step: true, loss: true },
    });
    return { artifact, result: { curve, checksum: row.artifactChecksum } };
  };
  await startWorker(1);
  const alone = await ended((await startIt()).id);
  expect(alone.result.curve).toHaveLength(pretrain.steps);
  await stopWorkers();

  await startBucket();
  const first = await startOn("fifth");
  const { id } = await startIt();
  await beforeAnyResult(async () => {
    await until("a checkpoint is in the bucket", 200, async () => {
      const folder = `trainings/${id}/checkpoints/`;
      return (await bucket.keys()).some((key) => key.startsWith(folder));
    });
    await first.kill();
  });
  await startOn("sixth");
  const { artifact, result } = await ended(id);
  expect(result).toEqual(alone.result);
  expect(artifact).toBe(`s3://opnas/here/trainings/${id}/attempt-2`);
  expect(await bucket.keys()).toEqual(
    expect.arrayContaining(
      ["model.json", "weights.safetensors"].map((name) => {
        return `trainings/${id}/attempt-2/${name}`;
      }),
    ),
  );
}, 600_000);
