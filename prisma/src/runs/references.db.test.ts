import { bertBase, presetNamed } from "@opnas/core";
import { describe, expect, test } from "vitest";
import { queues } from "../queue.js";
import { testStore, testWorker } from "../testing/store.js";
import { claimWork } from "./claim.js";
import { recordEvaluation } from "./evaluation.js";
import type { NewCandidate } from "./newCandidates.js";
import { recordGeneration } from "./generation.js";
import { searchHistory } from "./history.js";
import { changeRunState, finishRun, startRun } from "./lifecycle.js";
import { finishSuperNet } from "./superNet.js";

const { db, queue } = await testStore();
const workerId = testWorker.id;
await db.worker.create({ data: testWorker });

const { settings } = presetNamed("smoke");

const candidate = (key: string): NewCandidate => ({
  architecture: bertBase,
  key,
  name: `named ${key}`,
  params: 10,
  flops: 20,
  parentKey: null,
  mutation: null,
});

async function claimed(runId: string, workKey: string) {
  const taken = await claimWork(db, { runId, workKey, workerId });
  if (taken === null) throw new Error(`${workKey} could not be claimed`);
  return taken.claim;
}

/** Creates a run with two candidates in generation 0 and two references, one with a candidate's key. */
async function searchingRun() {
  const run = await startRun(db, queue, { name: "a run", seed: 7, preset: "smoke", settings });
  const superNet = await claimed(run.id, "superNet");
  const figures = { steps: 60, seconds: 3, engine: "wasm", candidates: 2 };
  await finishSuperNet(db, queue, superNet, figures);
  await recordGeneration(db, queue, await claimed(run.id, "evolve:0"), {
    index: 0,
    candidates: [candidate("a"), candidate("b")],
    priorities: [],
    references: [
      { ...candidate("a"), reference: "bert" },
      { ...candidate("r"), reference: "autobert-zero" },
    ],
  });
  const rows = await db.architecture.findMany({
    where: { runId: run.id },
    orderBy: { indexInGeneration: "asc" },
  });
  const [a = "", b = "", bert = "", autobert = ""] = rows.map(({ id }) => id);
  return { runId: run.id, rows, a, b, bert, autobert };
}

async function evaluate(runId: string, architectureId: string, score: number): Promise<void> {
  await recordEvaluation(db, queue, await claimed(runId, `evaluate:${architectureId}`), {
    architectureId,
    engine: "wasm",
    overheadSeconds: 0.02,
    result: {
      score,
      stability: "STABLE",
      heldOutLoss: 5,
      heldOutAccuracy: 0.1,
      stepSeconds: null,
      stepRatio: null,
      tokenUniformity: null,
      taskScores: [],
      timings: { trainSeconds: 1, fineTuneSeconds: 2, scoreSeconds: 1 },
    },
  });
}

const queued = async (name: string) =>
  (await queue.findJobs(name, { queued: true })).map(({ data }) => data);
const runRow = (id: string) => db.searchRun.findUniqueOrThrow({ where: { id } });

describe("references", () => {
  test("are stored behind the candidates of generation 0, also one with the key of a candidate", async () => {
    const { rows } = await searchingRun();
    expect(rows.map(({ key, reference }) => [key, reference])).toEqual([
      ["a", null],
      ["b", null],
      ["a", "bert"],
      ["r", "autobert-zero"],
    ]);
    expect(await queued(queues.trainer)).toHaveLength(1 + 4); // The super-net's job is still queued.
  });

  test("a run has each key once among its candidates and each reference once", async () => {
    const { rows } = await searchingRun();
    for (const row of rows) {
      const again = { ...row, id: undefined, json: row.json ?? {}, indexInGeneration: 100 };
      await expect(db.architecture.create({ data: again })).rejects.toMatchObject({
        code: "P2002",
      });
    }
  });

  test("count neither in the generation's figures nor in the run's, and are no part of the search history", async () => {
    const { runId, a, b, bert } = await searchingRun();
    await evaluate(runId, bert, 90);
    expect(await runRow(runId)).toMatchObject({ progressDone: 0, bestScore: null });
    await evaluate(runId, a, 10);
    await evaluate(runId, b, 20);
    const [generation] = await db.generation.findMany({ where: { runId } });
    expect(generation).toMatchObject({ size: 2, evaluated: 2, bestScore: 20, meanScore: 15 });
    expect(await runRow(runId)).toMatchObject({ progressDone: 2, bestScore: 20 });
    expect((await searchHistory(db, runId)).map(({ key, score }) => [key, score])).toEqual([
      ["a", 10],
      ["b", 20],
    ]);
    const events = await db.runEvent.findMany({ where: { runId, kind: "reference.evaluated" } });
    expect(events.map(({ payload }) => payload)).toEqual([
      { architectureId: bert, score: 90, stability: "STABLE" },
    ]);
  });

  test("without a score do not delay the next generation", async () => {
    const { runId, a, b } = await searchingRun();
    await evaluate(runId, a, 10);
    await evaluate(runId, b, 20);
    expect(await queued(queues.evolve)).toContainEqual({ runId, generation: 1 });
  });

  test("a run ends when its last reference is scored, and its best architecture is a candidate", async () => {
    const { runId, a, b, bert, autobert } = await searchingRun();
    await evaluate(runId, a, 10);
    await evaluate(runId, bert, 90);
    await evaluate(runId, b, 20);
    await finishRun(db, await claimed(runId, "evolve:1"));
    expect(await runRow(runId)).toMatchObject({ status: "RUNNING", finishedAt: null });
    expect((await runRow(runId)).progressNote).toMatch(/reference/);

    await queue.deleteAllJobs(queues.evolve);
    await evaluate(runId, autobert, 95);
    expect(await queued(queues.evolve)).toEqual([{ runId, generation: 1 }]);
    await finishRun(db, await claimed(runId, "evolve:1"));
    expect(await runRow(runId)).toMatchObject({ status: "DONE", progressNote: null });
    const [finished] = await db.runEvent.findMany({ where: { runId, kind: "run.finished" } });
    expect(finished?.payload).toEqual({ bestArchitectureId: b, bestScore: 20 });
  });

  test("without a score are enqueued again on resuming, together with the next generation", async () => {
    const { runId, a, b, bert, autobert } = await searchingRun();
    const jobOf = (architectureId: string) => ({ kind: "evaluate", runId, architectureId });
    const resumed = async () => {
      await changeRunState(db, queue, runId, "pause");
      await queue.deleteAllJobs(queues.trainer);
      await queue.deleteAllJobs(queues.evolve);
      await changeRunState(db, queue, runId, "resume");
      return [await queued(queues.trainer), await queued(queues.evolve)];
    };
    await evaluate(runId, a, 10);
    await evaluate(runId, bert, 90);
    expect(await resumed()).toEqual([expect.arrayContaining([jobOf(b), jobOf(autobert)]), []]);
    await evaluate(runId, b, 20);
    expect(await resumed()).toEqual([[jobOf(autobert)], [{ runId, generation: 1 }]]);
  });
});
