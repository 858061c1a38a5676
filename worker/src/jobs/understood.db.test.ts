import { presetNamed } from "@opnas/core";
import { createClient, trainerJobSchema } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test, vi } from "vitest";
import { SettingsLooks, understood } from "./understood.js";

const db = createClient(await testDatabase(), 1);
afterAll(() => db.$disconnect());
const { settings } = presetNamed("smoke");

async function runWith(changed: Record<string, unknown>): Promise<string> {
  const data = { name: "a run", seed: 1, preset: "smoke", strategy: "opnas" };
  const run = await db.searchRun.create({
    data: { ...data, settings: { ...settings, ...changed } },
  });
  return run.id;
}

function handler() {
  const jobs: unknown[] = [];
  const looks = new SettingsLooks(db);
  const handle = understood(
    trainerJobSchema,
    (job) => looks.problemOf(job),
    ({ data }) => {
      jobs.push(data);
      return Promise.resolve(undefined);
    },
  );
  return { jobs, handle: (data: unknown) => handle({ id: "1", data }) };
}

test("a job with fields of a newer program is worked on", async () => {
  const runId = await runWith({});
  const { jobs, handle } = handler();
  expect(await handle({ kind: "superNet", runId, colour: "red" })).toBeUndefined();
  expect(jobs).toEqual([{ kind: "superNet", runId }]);
});

test("what only a newer program understands is given back, and the log says so once", async () => {
  const told = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const runId = await runWith({});
  const newer = await runWith({ quantised: true });
  const { jobs, handle } = handler();
  for (const data of [
    { kind: "superNet", runId, version: 2 },
    { kind: "benchmark", runId },
    { kind: "superNet", runId: newer },
  ]) {
    expect(await handle(data)).toEqual({ againInSeconds: 30 });
  }
  expect(jobs).toEqual([]);
  expect(told).toHaveBeenCalledOnce();
});
