import { randomUUID } from "node:crypto";
import { queues } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());
const { database, queue } = server.services;

const startSearch = `mutation ($input: StartSearchInput!) {
  startSearch(input: $input) {
    id name status phase seed preset strategy settings engine lastSeq error { code }
    progress { phase done total etaSeconds fraction message }
    events { seq kind payload }
  }
}`;

const started = z.object({ startSearch: z.looseObject({ id: z.string() }) });

test("startSearch records the run, its first event and its job, and returns the run", async () => {
  const { startSearch: run } = await server.read(started, startSearch, {
    input: { preset: "smoke", seed: 7, strategy: "EVOLUTION", settings: { masking: 0.2 } },
  });
  expect(run).toMatchObject({
    name: "smoke 7",
    status: "QUEUED",
    phase: "PREPARING",
    seed: 7,
    preset: "smoke",
    strategy: "EVOLUTION",
    engine: null,
    error: null,
    lastSeq: 1,
    progress: { phase: "PREPARING", done: 0, total: 0, etaSeconds: null, fraction: 0 },
    events: [
      { seq: 1, kind: "run.created", payload: { name: "smoke 7", preset: "smoke", seed: 7 } },
    ],
  });
  expect(run.settings).toMatchObject({ strategy: "evolution", masking: 0.2, population: 4 });
  const jobs = await queue.findJobs(queues.trainer);
  expect(jobs.map(({ data: job }) => job)).toEqual([{ kind: "superNet", runId: run.id }]);
});

test("a run that cannot be enqueued is not recorded either", async () => {
  const runs = await database.searchRun.count();
  await database.$executeRaw`ALTER SCHEMA pgboss RENAME TO pgboss_away`;
  const { data, errors } = await server.ask(startSearch, { input: { preset: "smoke" } });
  await database.$executeRaw`ALTER SCHEMA pgboss_away RENAME TO pgboss`;
  expect(data).toBeNull();
  expect(errors?.[0]?.extensions.code).toBe("INTERNAL");
  expect(await database.searchRun.count()).toBe(runs);
  expect(await database.runEvent.count()).toBe(runs);
});

test("the same idempotency key returns the first run, also when both requests come at once", async () => {
  const input = { preset: "smoke", idempotencyKey: randomUUID() };
  const answers = await Promise.all([
    server.read(started, startSearch, { input }),
    server.read(started, startSearch, { input }),
  ]);
  const third = await server.read(started, startSearch, { input });
  const ids = [...answers, third].map((answer) => answer.startSearch.id);
  expect(new Set(ids).size).toBe(1);
});

test("the same idempotency key with other input is refused, with a seed of its own or not", async () => {
  const idempotencyKey = randomUUID();
  await server.read(started, startSearch, { input: { preset: "smoke", idempotencyKey } });
  for (const other of [{ name: "another" }, { settings: { population: 2, parents: 1 } }]) {
    const input = { preset: "smoke", idempotencyKey, ...other };
    const { errors } = await server.ask(startSearch, { input });
    expect(errors?.[0]?.extensions.code).toBe("BAD_INPUT");
    expect(errors?.[0]?.message).toContain("with other input: use a new key");
  }
});

test("bad input is refused with its code, its field and every fault", async () => {
  const runs = await database.searchRun.count();
  const settings = { superNet: { steps: -1 }, masking: 2 };
  const { data, errors } = await server.ask(startSearch, { input: { preset: "smoke", settings } });
  expect(data).toBeNull();
  expect(errors).toHaveLength(1);
  expect(errors?.[0]).toMatchObject({
    message: "input.settings.superNet.steps cannot be used: it must be at least 0.",
    path: ["startSearch"],
    extensions: {
      code: "BAD_INPUT",
      kind: "user",
      path: "input.settings.superNet.steps",
      issues: [{ path: ["settings", "superNet", "steps"] }, { path: ["settings", "masking"] }],
    },
  });
  expect(await database.searchRun.count()).toBe(runs);
});

test("a run is paused, resumed and cancelled; asking twice changes nothing", async () => {
  const answer = await server.read(started, startSearch, { input: { preset: "smoke" } });
  const { id } = answer.startSearch;
  const change = async (name: string) => {
    const answer = await server.ask(`mutation ($id: ID!) { ${name}(id: $id) { status lastSeq } }`, {
      id,
    });
    return answer.errors?.[0] ?? answer.data;
  };
  expect(await change("pauseSearch")).toEqual({ pauseSearch: { status: "PAUSED", lastSeq: 2 } });
  expect(await change("pauseSearch")).toEqual({ pauseSearch: { status: "PAUSED", lastSeq: 2 } });
  expect(await change("resumeSearch")).toEqual({ resumeSearch: { status: "QUEUED", lastSeq: 3 } });
  expect(await change("cancelSearch")).toEqual({
    cancelSearch: { status: "CANCELLED", lastSeq: 4 },
  });
  expect(await change("resumeSearch")).toEqual({ resumeSearch: { status: "QUEUED", lastSeq: 5 } });
  expect(await change("cancelSearch")).toEqual({
    cancelSearch: { status: "CANCELLED", lastSeq: 6 },
  });
});

test.each(["pauseSearch", "resumeSearch", "cancelSearch"])(
  "%s of a run that does not exist gets NOT_FOUND, whatever the form of the id",
  async (mutation) => {
    for (const id of [randomUUID(), "seven"]) {
      const { errors } = await server.ask(`mutation { ${mutation}(id: "${id}") { id } }`);
      expect(errors?.[0]).toMatchObject({
        message: `There is no run ${id}.`,
        extensions: { code: "NOT_FOUND", kind: "user" },
      });
    }
  },
);

test.each([
  ["searchRun(id: $id) { id }", "run"],
  ["architecture(id: $id) { id }", "architecture"],
  ["training(id: $id) { id }", "training"],
  ["node(id: $id) { id }", "object"],
  ["operationPriorities(runId: $id) { ucb }", "run"],
  ["kernelsByDepth(runId: $id) { layer }", "run"],
  ["importance(runId: $id) { explained }", "run"],
  ["compare(ids: [$id, $id2]) { tasks { task } }", "run or architecture"],
])("%s of an unknown id gets NOT_FOUND, whatever the form of the id", async (field, what) => {
  for (const id of [randomUUID(), "seven"]) {
    const second = field.includes("$id2") ? ", $id2: ID!" : "";
    const { errors } = await server.ask(`query ($id: ID!${second}) { ${field} }`, {
      id,
      ...(second === "" ? {} : { id2: randomUUID() }),
    });
    const message = `There is no ${what} ${id}.`;
    expect(errors).toMatchObject([{ message, extensions: { code: "NOT_FOUND" } }]);
  }
});

const searchedRun = z.object({
  searchRun: z.looseObject({
    generations: z.array(
      z.looseObject({
        candidates: z.array(z.object({ id: z.string(), indexInGeneration: z.int() })),
        evaluations: z.array(z.unknown()),
      }),
    ),
  }),
  operationPriorities: z.array(z.looseObject({ generation: z.int() })),
});

test("a searched run shows its generations, best architecture, priorities and times", async () => {
  const driver = new SearchDriver(server.services);
  await driver.signIn();
  const run = await driver.startedRun();
  const first = await driver.propose(run, 0);
  for (const [index, id] of first.entries()) await driver.evaluate(run.id, id, 10 + index);
  const second = await driver.propose(run, 1);
  for (const id of second) await driver.evaluate(run.id, id, 5);

  const { searchRun, operationPriorities } = await server.read(
    searchedRun,
    `query ($id: ID!) {
      searchRun(id: $id) {
        phase engine progress { done total fraction }
        bestArchitecture { id score }
        timings { superNetSeconds trainSeconds fineTuneSeconds scoreSeconds overheadSeconds }
        generations {
          index size evaluated bestScore meanScore bestScoreSoFar finishedAt
          candidates { id indexInGeneration }
          evaluations { score stability workerId taskScores { task ngram } }
        }
      }
      operationPriorities(runId: $id) { generation kind position operation probability }
      first: operationPriorities(runId: $id, generation: 0) { ucb }
    }`,
    { id: run.id },
  );
  const candidates = first.length + second.length;
  expect(searchRun).toMatchObject({
    phase: "SEARCHING",
    engine: "tensorflow",
    progress: { done: candidates },
    bestArchitecture: { id: first.at(-1), score: 10 + first.length - 1 },
    timings: {
      superNetSeconds: 12.5,
      trainSeconds: 1.5 * candidates,
      fineTuneSeconds: 2.5 * candidates,
      scoreSeconds: 0.5 * candidates,
      overheadSeconds: 0.25 * candidates,
    },
  });
  const best = 10 + first.length - 1;
  expect(searchRun.generations).toMatchObject([
    { index: 0, size: first.length, bestScore: best, bestScoreSoFar: best },
    { index: 1, size: second.length, bestScore: 5, meanScore: 5, bestScoreSoFar: best },
  ]);
  const [generation] = searchRun.generations;
  expect(generation?.candidates.map(({ id }) => id)).toEqual(first);
  expect(generation?.evaluations[0]).toEqual({
    score: 10,
    stability: "STABLE",
    workerId: driver.workerId,
    taskScores: [{ task: "mlm", ngram: 20 }],
  });
  expect(operationPriorities[0]?.generation).toBe(1);
});

const foundRuns = z.object({
  searchRuns: z.looseObject({ totalCount: z.int(), edges: z.array(z.unknown()) }),
});

test("runs are found by status, preset and a part of the name with any characters", async () => {
  await server.ask(startSearch, { input: { preset: "smoke", name: "100%_sure\\thing" } });
  const search = async (filter: unknown) => {
    const query = `query ($filter: RunFilter) {
      searchRuns(filter: $filter) { totalCount edges { node { name status } } }
    }`;
    return (await server.read(foundRuns, query, { filter })).searchRuns;
  };
  const found = {
    totalCount: 1,
    edges: [{ node: { name: "100%_sure\\thing", status: "QUEUED" } }],
  };
  expect(await search({ search: "0%_SURE" })).toEqual(found);
  expect(await search({ search: "e\\t" })).toEqual(found);
  expect((await search({ search: "100%%" })).totalCount).toBe(0);
  expect((await search({ preset: "tiny" })).totalCount).toBe(0);
  expect((await search({ status: ["CANCELLED"] })).totalCount).toBe(1);
  expect((await search({ status: [] })).totalCount).toBe(0);
  expect((await search({ search: "" })).totalCount).toBe(await database.searchRun.count());
});
