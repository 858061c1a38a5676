import { testDatabase } from "@opnas/prisma/testing";
import { restoreLostJobs } from "@opnas/prisma";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());
const { database, queue } = server.services;
const driver = new SearchDriver(server.services);
beforeAll(() => driver.signIn());

const batchForm = z.object({
  proposeCandidates: z.object({
    candidates: z.array(z.object({ architecture: z.object({ id: z.string() }), attempt: z.int() })),
    run: z.object({ status: z.string() }),
  }),
});

async function propose(runId: string, count: number, leaseSeconds = 3_600) {
  const query = `mutation ($runId: ID!, $count: Int!, $leaseSeconds: Int!) {
    proposeCandidates(runId: $runId, count: $count, leaseSeconds: $leaseSeconds) {
      candidates { architecture { id } attempt } run { status }
    }
  }`;
  const variables = { runId, count, leaseSeconds };
  const { proposeCandidates } = await server.read(batchForm, query, variables);
  const { candidates, run } = proposeCandidates;
  return {
    status: run.status,
    ids: candidates.map(({ architecture }) => architecture.id),
    attempts: candidates.map(({ attempt }) => attempt),
  };
}

async function report(id: string, given: Record<string, unknown>) {
  const query = `mutation ($id: ID!, $report: ScoreReport!) {
    reportScore(candidateId: $id, report: $report) {
      architecture { score stability stepRatio failed { code message } evaluations { engine workerId } }
    }
  }`;
  const { data, errors } = await server.ask(query, { id, report: given });
  return errors?.[0]?.extensions.code ?? data;
}

/** Starts a run whose candidates are evaluated outside, and plays the worker that proposes them. */
async function externalRun(population: number) {
  const { startSearch } = await server.read(
    z.object({ startSearch: z.object({ id: z.string(), phase: z.string() }) }),
    "mutation ($input: StartSearchInput!) { startSearch(input: $input) { id phase } }",
    {
      input: {
        preset: "smoke",
        settings: { evaluator: "external", population, generations: 1, references: false },
      },
    },
  );
  expect(startSearch.phase).toBe("SEARCHING");
  return database.searchRun.findUniqueOrThrow({ where: { id: startSearch.id } });
}

async function jobsOf(runId: string) {
  return database.$queryRaw<{ key: string }[]>`
    SELECT singleton_key AS key FROM pgboss.job
     WHERE data ->> 'runId' = ${runId} AND state = 'created' ORDER BY 1`;
}

test("a search with an evaluator outside is proposed by its strategy and trained by nobody here", async () => {
  const run = await externalRun(4);
  expect(await jobsOf(run.id)).toHaveLength(1);
  expect(await propose(run.id, 2)).toEqual({ status: "QUEUED", ids: [], attempts: [] });
  const ids = await driver.propose(run, 0);
  expect(await jobsOf(run.id)).toHaveLength(1);
  expect(await restoreLostJobs(database, queue)).toBe(0);

  const first = await propose(run.id, 3);
  expect(first).toEqual({ status: "RUNNING", ids: ids.slice(0, 3), attempts: [1, 1, 1] });
  const [a = "", b = "", c = ""] = first.ids;
  const rest = await Promise.all([propose(run.id, 2), propose(run.id, 2)]);
  expect(rest.flatMap((batch) => batch.ids)).toEqual(ids.slice(3));

  expect(await report(a, { score: 71.5, seconds: 3, stepSeconds: 0.5, stepRatio: 1.25 })).toEqual({
    reportScore: {
      architecture: {
        score: 71.5,
        stability: "STABLE",
        failed: null,
        stepRatio: 1.25,
        evaluations: [{ engine: "external", workerId: null }],
      },
    },
  });
  expect(await report(a, { score: 71.5 })).toMatchObject({ reportScore: {} });
  expect(await report(a, { score: 70 })).toBe("WRONG_STATE");
  expect(await report(b, { failure: "out of memory" })).toMatchObject({
    reportScore: {
      architecture: { failed: { code: "EVALUATION_FAILED", message: "out of memory" } },
    },
  });
  expect(await report(b, { failure: "out of memory" })).toMatchObject({ reportScore: {} });
  for (const id of [c, ids[3] ?? ""]) await report(id, { score: 20 });
  const next = await driver.propose(run, 1);
  expect(next.length).toBeGreaterThan(0);
  expect((await propose(run.id, 100)).ids).toEqual(next);
  for (const id of next) await report(id, { score: 30 });
  await driver.finish(run.id);
  expect(await propose(run.id, 1)).toEqual({ status: "DONE", ids: [], attempts: [] });
});

test("a candidate whose evaluator vanished is handed out again, and the late report is refused", async () => {
  const run = await externalRun(2);
  const ids = await driver.propose(run, 0);
  const lost = await propose(run.id, 1);
  const [id = ""] = lost.ids;
  await database.attempt.updateMany({
    where: { runId: run.id, workKey: `evaluate:${id}` },
    data: { expiresAt: new Date(0) },
  });
  expect(await propose(run.id, 5)).toEqual({ status: "RUNNING", ids, attempts: [2, 1] });
  expect(await report(id, { score: 1, attempt: 1 })).toBe("ATTEMPT_REPLACED");
  expect(await report(id, { score: 2, attempt: 2 })).toMatchObject({ reportScore: {} });
  await server.ask("mutation ($id: ID!) { pauseSearch(id: $id) { id } }", { id: run.id });
  expect(await report(ids[1] ?? "", { score: 3 })).toBe("STOPPED");
  expect((await propose(run.id, 1)).ids).toEqual([]);
});

test("what cannot be a report is refused, and so is a run that the platform evaluates", async () => {
  const own = await driver.startedRun();
  const [id = ""] = await driver.propose(own, 0);
  const ask = "mutation ($id: ID!) { proposeCandidates(runId: $id) { run { id } } }";
  expect((await server.ask(ask, { id: own.id })).errors?.[0]?.extensions.code).toBe("WRONG_STATE");
  expect(await report(id, { score: 1 })).toBe("WRONG_STATE");
  for (const given of [{}, { score: 1, failure: "x" }, { score: 101 }, { failure: "" }]) {
    expect(await report(id, given)).toBe("BAD_INPUT");
  }
  expect(await report("x", { score: 1 })).toBe("NOT_FOUND");
  const run = await externalRun(2);
  const [candidate = ""] = await driver.propose(run, 0);
  expect(await report(candidate, { score: 1 })).toBe("WRONG_STATE");
});
