/**
 * Runs whole pre-trainings with real workers on a real Postgres: a loss curve has the same bits
 * whichever workers were killed on the way, and no step of it is missing or stored twice.
 */
import { readdir } from "node:fs/promises";
import path from "node:path";
import {
  bertLayer,
  type Architecture as Backbone,
  type PretrainSettings,
  defaultPretraining,
} from "@opnas/core";
import {
  cancelPretraining,
  resumePretraining,
  startPretraining,
  type PretrainingStatus,
} from "@opnas/prisma";
import { readModel } from "@opnas/worker";
import { afterEach, expect, test } from "vitest";
import { createArchitecture } from "../support/architecture.js";
import { until } from "../support/until.js";
import { startTestWorkers } from "../support/testWorkers.js";

const { db, queue, dataFolder, startWorker, stopWorkers } = await startTestWorkers("pretrain");
afterEach(stopWorkers);

const backbone: Backbone = {
  version: 1,
  layers: [bertLayer, { kind: "conv", kernelSize: 7 }],
};
const size = { layers: 4, hidden: 64, heads: 4, vocabulary: 1024, length: 32, rawKernels: false };
const settings: PretrainSettings = {
  ...defaultPretraining(size),
  steps: 400,
  batch: 8,
  accumulate: 2,
  checkpointEverySeconds: 1,
};

const architectureId = await createArchitecture(db, backbone);
const start = () => startPretraining(db, queue, { architectureId, seed: 7, settings });

async function ended(id: string, status: PretrainingStatus): Promise<void> {
  const training = await until("the training ends", 240, async () => {
    const row = await db.pretraining.findUniqueOrThrow({ where: { id } });
    return ["DONE", "FAILED", "CANCELLED"].includes(row.status) && row;
  });
  expect(training.status, JSON.stringify(training.error)).toBe(status);
}

/** Waits until this many steps of a training are stored. */
async function reached(id: string, step: number): Promise<void> {
  await until(`step ${step.toString()} is stored`, 120, async () => {
    return (await db.pretrainingMetric.count({ where: { pretrainingId: id } })) >= step;
  });
}

/** Reads everything that the seed determines of a pre-training: its loss curve and its weights. */
async function resultOf(id: string) {
  const curve = await db.pretrainingMetric.findMany({
    where: { pretrainingId: id },
    orderBy: { step: "asc" },
    omit: { pretrainingId: true, tokensPerSecond: true, time: true },
  });
  const { artifact } = await db.pretraining.findUniqueOrThrow({ where: { id } });
  const folder = path.join(dataFolder, artifact ?? "");
  expect((await readdir(folder)).sort()).toEqual(["model.json", "weights.safetensors"]);
  // Nothing of other attempts and no checkpoint is left, once the worker has tidied up.
  await until("the files of attempts are gone", 30, async () => {
    const left = await readdir(path.dirname(folder));
    return left.length === 1 && left[0] === path.basename(folder);
  });
  return { curve, model: await readModel(folder) };
}

let reference: Awaited<ReturnType<typeof resultOf>>;

test("a pre-training stores every step, lowers its loss, and leaves a model", async () => {
  await startWorker(1);
  const { id } = await start();
  await ended(id, "DONE");
  reference = await resultOf(id);
  const { curve, model } = reference;
  expect(curve.map(({ step }) => step)).toEqual(
    Array.from({ length: settings.steps }, (_, index) => index + 1),
  );
  for (const { loss, maskedLoss, nextSentenceLoss } of curve) {
    expect(loss).toBe(maskedLoss + nextSentenceLoss);
  }
  expect(curve.at(-1)?.maskedLoss).toBeLessThan((curve[0]?.maskedLoss ?? NaN) - 0.5);
  expect(model.size).toEqual(size);
  expect(model.vocabulary).toHaveLength(size.vocabulary);
  const [attention, convolution] = backbone.layers;
  expect(model.architecture.layers).toEqual([attention, attention, convolution, convolution]);
}, 300_000);

test("a pre-training whose worker is killed twice, once with two threads, ends with the same bits and every step", async () => {
  const first = await startWorker(2);
  const { id } = await start();
  await reached(id, 50);
  await first.kill();
  const second = await startWorker(1);
  const before = await db.pretrainingMetric.count({ where: { pretrainingId: id } });
  await reached(id, before + 50);
  await second.kill();
  await startWorker(2);
  await ended(id, "DONE");
  expect((await db.pretraining.findUniqueOrThrow({ where: { id } })).attempt).toBe(3);
  expect(await resultOf(id)).toEqual(reference);
}, 300_000);

test("a cancelled pre-training stops, and ends with the same result once it is resumed", async () => {
  await startWorker(2);
  const { id } = await start();
  await reached(id, 30);
  await cancelPretraining(db, id);
  await until("the worker is idle", 30, async () => {
    const { status } = await db.worker.findFirstOrThrow({ orderBy: { startedAt: "desc" } });
    return status === "idle";
  });
  const steps = () => db.pretrainingMetric.count({ where: { pretrainingId: id } });
  const atStop = await steps();
  expect(atStop).toBeLessThan(settings.steps);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await steps()).toBe(atStop);
  await resumePretraining(db, queue, id);
  await ended(id, "DONE");
  expect(await resultOf(id)).toEqual(reference);
}, 300_000);

test("a pre-training that is cancelled and resumed at once ends with the same result", async () => {
  await startWorker(2);
  const { id } = await start();
  await reached(id, 30);
  await cancelPretraining(db, id);
  await resumePretraining(db, queue, id);
  await ended(id, "DONE");
  expect(await resultOf(id)).toEqual(reference);
}, 300_000);

test("a pre-training whose text is not there fails with a sentence that says what to do", async () => {
  await startWorker(1);
  const elsewhere = { ...settings, text: { folder: "nowhere", vocabulary: null } };
  const { id } = await startPretraining(db, queue, {
    architectureId,
    seed: 1,
    settings: elsewhere,
  });
  await ended(id, "FAILED");
  const { error } = await db.pretraining.findUniqueOrThrow({ where: { id } });
  expect(error).toMatchObject({ code: "BAD_INPUT" });
  expect(JSON.stringify(error)).toMatch(/put .{0,2}nowhere.{0,2} there, or set OPNAS_TEXT_DIR/);
}, 120_000);
