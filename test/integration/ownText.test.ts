/** Searches and a pre-training on a user's own text, with a real worker on a real Postgres. */
import { symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { bertLayer, defaultPretraining, presetNamed, type SearchSettings } from "@opnas/core";
import { startRun, startPretraining } from "@opnas/prisma";
import { readModel } from "@opnas/worker";
import { beforeAll, expect, test } from "vitest";
import { createArchitecture } from "../support/architecture.js";
import { writeFarmText } from "../support/farmText.js";
import { until } from "../support/until.js";
import { startTestWorkers } from "../support/testWorkers.js";

const { db, queue, dataFolder, startWorker } = await startTestWorkers("own-text");

beforeAll(async () => {
  await writeFarmText(path.join(dataFolder, "text", "farm"));
  await symlink(tmpdir(), path.join(dataFolder, "text", "out"));
  await startWorker(1);
});

async function ended(text: SearchSettings["text"]) {
  const smoke = presetNamed("smoke");
  const settings: SearchSettings = {
    ...smoke.settings,
    size: { ...smoke.settings.size, vocabulary: 256, length: 16 },
    superNet: { ...smoke.settings.superNet, steps: 10 },
    population: 2,
    parents: 1,
    generations: 0,
    references: false,
    tasks: ["mlm", "swap", "preposition"],
    text,
  };
  const run = await startRun(db, queue, { name: "own", seed: 7, preset: "smoke", settings });
  return until("the run ends", 120, async () => {
    const row = await db.searchRun.findUniqueOrThrow({ where: { id: run.id } });
    return ["DONE", "FAILED", "CANCELLED"].includes(row.status) && row;
  });
}

test("a search on a user's text runs to its end and reports which text it reads", async () => {
  const run = await ended({ folder: "farm", vocabulary: null });
  expect(run).toMatchObject({ status: "DONE", error: null });
  expect(await db.evaluation.count()).toBe(2);
  const progress = await db.runEvent.findMany({
    where: { runId: run.id, kind: "supernet.progress" },
    orderBy: { seq: "asc" },
  });
  const messages = JSON.stringify(progress.map(({ payload }) => payload));
  expect(messages).toMatch(/ \(text .{0,2}farm.{0,2}, 12 documents\)/);
}, 180_000);

test("a pre-training reads another text than its search did", async () => {
  const architectureId = await createArchitecture(db, { version: 1, layers: [bertLayer] });
  const settings = {
    ...defaultPretraining({
      layers: 1,
      hidden: 16,
      heads: 2,
      vocabulary: 300,
      length: 16,
      rawKernels: false,
    }),
    steps: 5,
    batch: 4,
    text: { folder: "farm", vocabulary: null },
  };
  const { id } = await startPretraining(db, queue, { architectureId, seed: 1, settings });
  const { artifact, error } = await until("the training ends", 120, async () => {
    const row = await db.pretraining.findUniqueOrThrow({ where: { id } });
    return ["DONE", "FAILED"].includes(row.status) && row;
  });
  expect(error).toBeNull();
  const { vocabulary } = await readModel(path.join(dataFolder, artifact ?? ""));
  expect(vocabulary).toEqual(expect.arrayContaining(["slept", "yesterday"]));
  expect(vocabulary).not.toContain("congress");
}, 180_000);

test.each([
  ["nowhere", /There is no .{0,2}nowhere.{0,2} in the worker's folder for texts/],
  ["out", /leads out of the worker's folder for texts/],
])(
  "a search on %s fails with a sentence that says why",
  async (folder, sentence) => {
    const run = await ended({ folder, vocabulary: null });
    expect(run).toMatchObject({ status: "FAILED", error: { code: "BAD_INPUT" } });
    expect(JSON.stringify(run.error)).toMatch(sentence);
  },
  120_000,
);
