import { OpnasError } from "@opnas/core";
import { claimWork, failCandidate, failRun, reportWorker, settingsOfRun } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());
const { database, queue } = server.services;
const driver = new SearchDriver(server.services);
await driver.signIn();

const small = { population: 4, parents: 1, childrenPerParent: 2, generations: 1 };
const odd = new OpnasError("INTERNAL", "Its graph is odd.");

async function claim(runId: string, workKey: string) {
  const claimed = await claimWork(database, { runId, workKey, workerId: driver.workerId });
  if (claimed === null) throw new Error(`${workKey} is no longer needed.`);
  return claimed.claim;
}

async function fail(runId: string, architectureId: string): Promise<void> {
  const failed = { architectureId, cause: odd };
  await failCandidate(database, queue, await claim(runId, `evaluate:${architectureId}`), failed);
}

/** Scores a generation's candidates by their places. */
async function score(runId: string, ids: readonly string[]): Promise<void> {
  for (const [index, id] of ids.entries()) await driver.evaluate(runId, id, 10 + index);
}

const stateForm = z.object({ searchRun: z.looseObject({ status: z.string() }) });
const stateOf = async (id: string) => {
  const query = `query ($id: ID!) { searchRun(id: $id) {
    status failures waitingReason superNetSkipped error { code }
    progress { done total }
    failedArchitectures { id failed { code message } }
  } }`;
  return (await server.read(stateForm, query, { id })).searchRun;
};

test("a failed candidate is shown with its reason, and the run fails and is resumed through the API", async () => {
  const run = await driver.startedRun(small);
  const [a = "", b = "", ...rest] = await driver.propose(run, 0);
  await fail(run.id, a);
  expect(await stateOf(run.id)).toMatchObject({
    status: "RUNNING",
    failures: 1,
    failedArchitectures: [{ id: a, failed: { code: "INTERNAL", message: "Its graph is odd." } }],
  });
  await fail(run.id, b);
  expect(await stateOf(run.id)).toMatchObject({
    status: "FAILED",
    failures: 2,
    error: { code: "TOO_MANY_FAILURES" },
  });
  const { data } = await server.ask(
    "mutation ($id: ID!) { resumeSearch(id: $id) { status failures error { code } } }",
    { id: run.id },
  );
  expect(data).toEqual({ resumeSearch: { status: "QUEUED", failures: 0, error: null } });
  await score(run.id, [a, b, ...rest]);
  expect(await stateOf(run.id)).toMatchObject({
    status: "RUNNING",
    progress: { done: 4 },
    failedArchitectures: [],
  });
});

test("a run that failed in its super-net is resumed through the API", async () => {
  const answer = await server.read(
    z.object({ startSearch: z.object({ id: z.string() }) }),
    'mutation { startSearch(input: { preset: "smoke" }) { id } }',
  );
  const { id } = answer.startSearch;
  await failRun(database, await claim(id, "superNet"), new OpnasError("BAD_SETTING", "No text."));
  const { data } = await server.ask("mutation ($id: ID!) { resumeSearch(id: $id) { status } }", {
    id,
  });
  expect(data).toEqual({ resumeSearch: { status: "QUEUED" } });
});

test("an extended run goes on as one that was started with the larger budget", async () => {
  const longer = await driver.startedRun({ ...small, generations: 2 }, 7);
  const extended = await driver.startedRun(small, 7);
  for (const run of [longer, extended]) {
    await score(run.id, await driver.propose(run, 0));
    await score(run.id, await driver.propose(run, 1));
  }
  await driver.finish(extended.id);
  const mutation =
    "mutation ($id: ID!, $generations: Int!) { extendSearch(id: $id, generations: $generations) { status phase finishedAt settings progress { done total } } }";
  const { data } = await server.ask(mutation, { id: extended.id, generations: 1 });
  expect(data).toEqual({
    extendSearch: {
      status: "QUEUED",
      phase: "SEARCHING",
      finishedAt: null,
      settings: settingsOfRun(longer),
      progress: { done: 6, total: 8 },
    },
  });
  for (const run of [longer, extended]) {
    const { settings, seed } = await database.searchRun.findUniqueOrThrow({
      where: { id: run.id },
    });
    await score(run.id, await driver.propose({ ...run, settings, seed }, 2));
    await driver.finish(run.id);
  }
  const keysOf = async (runId: string) =>
    (
      await database.architecture.findMany({
        where: { runId, reference: null },
        orderBy: [{ generation: { index: "asc" } }, { indexInGeneration: "asc" }],
      })
    ).map(({ key, score }) => [key, score]);
  expect(await keysOf(extended.id)).toEqual(await keysOf(longer.id));
  expect((await stateOf(extended.id)).status).toBe("DONE");
  const again = await server.ask(mutation, { id: longer.id, generations: 0 });
  expect(again.errors?.[0]).toMatchObject({ extensions: { code: "BAD_INPUT" } });
  const gone = await server.ask(mutation, { id: "seven", generations: 1 });
  expect(gone.errors?.[0]).toMatchObject({ extensions: { code: "NOT_FOUND" } });
});

test("a resting worker says why", async () => {
  await reportWorker(database, {
    id: driver.workerId,
    name: "test worker",
    engine: "tensorflow",
    engineReasons: [],
    threads: 2,
    slots: 1,
    status: "idle",
    currentJobs: [],
    restReason: "The disk is full: free some space.",
  });
  const { data } = await server.ask("{ workers { restReason } }");
  expect(data).toEqual({ workers: [{ restReason: "The disk is full: free some space." }] });
});
