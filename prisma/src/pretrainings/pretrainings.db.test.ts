import { bertBase, defaultPretraining, OpnasError, presetNamed } from "@opnas/core";
import { describe, expect, test } from "vitest";
import { isOrderWanted, type OrderClaim } from "../orders/claim.js";
import { failOrder, giveBackOrder, retryOrder } from "../orders/failures.js";
import { queues } from "../queue.js";
import { testStore } from "../testing/store.js";
import { claimPretraining } from "./claim.js";
import {
  cancelPretraining,
  resumePretraining,
  settingsOfPretraining,
  startPretraining,
} from "./lifecycle.js";
import { finishPretraining, reportPretraining } from "./progress.js";

const { db, queue } = await testStore();

const smoke = presetNamed("smoke");
const settings = { ...defaultPretraining(smoke.settings.size), steps: 50 };

const run = await db.searchRun.create({
  data: { name: "a run", seed: 1, preset: "smoke", strategy: "opnas", settings: smoke.settings },
});
const generation = await db.generation.create({ data: { runId: run.id, index: 0, size: 1 } });
const architecture = await db.architecture.create({
  data: {
    runId: run.id,
    generationId: generation.id,
    indexInGeneration: 0,
    key: "a",
    name: "a",
    json: bertBase,
    params: 1,
    flops: 1,
  },
});

const start = (idempotencyKey?: string) =>
  startPretraining(db, queue, {
    architectureId: architecture.id,
    seed: 7,
    settings,
    idempotencyKey,
  });

async function claimed(id: string): Promise<OrderClaim> {
  const taken = await claimPretraining(db, id);
  if (taken === null) throw new Error("The pre-training could not be claimed.");
  return taken.claim;
}

const points = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => ({
    step: from + index,
    loss: 7.5,
    maskedLoss: 7,
    nextSentenceLoss: 0.5,
    learningRate: 1e-3,
    tokensPerSecond: 1000 + from,
  }));
const report = (claim: OrderClaim, from: number, to: number) =>
  reportPretraining(db, claim, { step: to, engine: "wasm", metrics: points(from, to) });
const stored = (pretrainingId: string) =>
  db.pretrainingMetric.findMany({ where: { pretrainingId }, orderBy: { step: "asc" } });
const waiting = () => queue.findJobs(queues.trainer, { queued: true });

describe("a pre-training", () => {
  test("is stored together with its job; a repeated idempotency key starts no second one", async () => {
    const pretraining = await start("once");
    expect(pretraining).toMatchObject({ status: "QUEUED", step: 0, steps: 50, seed: 7 });
    expect(settingsOfPretraining(pretraining)).toEqual(settings);
    expect((await start("once")).id).toBe(pretraining.id);
    expect((await waiting()).map(({ data }) => data)).toEqual([
      { kind: "pretrain", trainingId: pretraining.id },
    ]);
  });

  test("of an unknown architecture leaves neither a row nor a job", async () => {
    const before = await db.pretraining.count();
    const architectureId = "0199b1f0-0000-7000-8000-00000000dead";
    const nowhere = startPretraining(db, queue, { architectureId, seed: 7, settings });
    await expect(nowhere).rejects.toThrow();
    expect(await db.pretraining.count()).toBe(before);
    expect(await waiting()).toEqual([]);
  });

  test("runs while it is claimed and is done with its model's folder", async () => {
    const { id } = await start();
    const claim = await claimed(id);
    await report(claim, 1, 50);
    await finishPretraining(db, claim, "artifacts/trainings/x");
    expect(await db.pretraining.findUnique({ where: { id } })).toMatchObject({
      status: "DONE",
      step: 50,
      engine: "wasm",
      artifact: "artifacts/trainings/x",
      error: null,
    });
    expect(await claimPretraining(db, id)).toBeNull();
    await expect(cancelPretraining(db, id)).rejects.toMatchObject({ code: "WRONG_STATE" });
    await expect(resumePretraining(db, queue, id)).rejects.toMatchObject({ code: "WRONG_STATE" });
  });

  test("refuses the writes of a replaced attempt", async () => {
    const { id } = await start();
    const first = await claimed(id);
    await report(first, 1, 10);
    const second = await claimed(id);
    await expect(report(first, 11, 12)).rejects.toMatchObject({ code: "ATTEMPT_REPLACED" });
    await expect(finishPretraining(db, first, "x")).rejects.toMatchObject({
      code: "ATTEMPT_REPLACED",
    });
    expect(await isOrderWanted(db, first)).toBe(false);
    expect(await isOrderWanted(db, second)).toBe(true);
    expect(await stored(id)).toHaveLength(10);
  });

  test("that starts again from its checkpoint stores the lost points and keeps the stored ones", async () => {
    const { id } = await start();
    await report(await claimed(id), 1, 10);
    const before = await stored(id);
    await report(await claimed(id), 1, 15);
    const after = await stored(id);
    expect(after.map(({ step }) => step)).toEqual(Array.from({ length: 15 }, (_, at) => at + 1));
    expect(after.slice(0, 10)).toEqual(before);
  });

  test("refuses writes when cancelled and is queued again when resumed", async () => {
    const { id } = await start();
    const claim = await claimed(id);
    await queue.deleteAllJobs(queues.trainer);
    await cancelPretraining(db, id);
    expect((await cancelPretraining(db, id)).status).toBe("CANCELLED");
    await expect(report(claim, 1, 2)).rejects.toMatchObject({ code: "STOPPED" });
    expect(await isOrderWanted(db, claim)).toBe(false);
    expect(await claimPretraining(db, id)).toBeNull();
    expect(await resumePretraining(db, queue, id)).toMatchObject({
      status: "QUEUED",
      finishedAt: null,
    });
    await resumePretraining(db, queue, id);
    expect(await waiting()).toHaveLength(1);
    expect((await claimed(id)).attempt).toBe(2);
  });

  test("that failed keeps the error until it is resumed", async () => {
    const { id } = await start();
    const claim = await claimed(id);
    await failOrder(db, claim, new Error("the loss is odd"));
    await expect(failOrder(db, claim, new Error("too late"))).rejects.toMatchObject({
      code: "STOPPED",
    });
    const error = { code: "INTERNAL", message: "the loss is odd" };
    expect(await db.pretraining.findUnique({ where: { id } })).toMatchObject({
      status: "FAILED",
      error,
    });
    expect(await resumePretraining(db, queue, id)).toMatchObject({ status: "QUEUED", error: null });
  });

  test("that is replaced can neither fail it nor give it back", async () => {
    const { id } = await start();
    const first = await claimed(id);
    await claimed(id);
    await queue.deleteAllJobs(queues.trainer);
    const error = new OpnasError("DISK_FULL", "The disk is full.");
    const fault = { claim: first, workerName: "old", error };
    for (const late of [
      () => failOrder(db, first, error),
      () => retryOrder(db, queue, first, 1),
      () => giveBackOrder(db, queue, { kind: "pretrain", id }, fault),
    ]) {
      await expect(late()).rejects.toMatchObject({ code: "ATTEMPT_REPLACED" });
    }
    expect(await db.pretraining.findUnique({ where: { id } })).toMatchObject({
      status: "RUNNING",
      waitingReason: null,
    });
    expect(await waiting()).toHaveLength(0);
  });

  test("fails after some attempts at the same step, not after any number of steps further on", async () => {
    const { id } = await start();
    for (let step = 1; step <= 21; step++) {
      expect(await retryOrder(db, queue, await claimed(id), step)).toBe(true);
    }
    const again: boolean[] = [];
    for (let attempt = 0; attempt < 4; attempt++) {
      again.push(await retryOrder(db, queue, await claimed(id), 21));
    }
    expect(again).toEqual([true, true, true, false]);
  });

  test("waits with the reason of its worker's fault until it gets on", async () => {
    const { id } = await start();
    await queue.deleteAllJobs(queues.trainer);
    const error = new OpnasError("DISK_FULL", "The disk is full.");
    await giveBackOrder(
      db,
      queue,
      { kind: "pretrain", id },
      { claim: undefined, workerName: "one", error },
    );
    const read = () => db.pretraining.findUniqueOrThrow({ where: { id } });
    expect(await read()).toMatchObject({
      status: "QUEUED",
      waitingReason: "Worker one rests: The disk is full.",
    });
    expect(await waiting()).toHaveLength(1);
    await report(await claimed(id), 1, 1);
    expect((await read()).waitingReason).toBeNull();
  });

  test("with an unknown id is not found", async () => {
    const missing = "0199b1f0-0000-7000-8000-00000000dead";
    await expect(cancelPretraining(db, missing)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(resumePretraining(db, queue, missing)).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });
});
