import { appendEvents, runChannel } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { eventually, Subscription, testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());
const { database, feed } = server.services;
const driver = new SearchDriver(server.services);
beforeAll(() => driver.signIn());

interface Message {
  leaderboardChanged: {
    upserts: { id: string; score: number }[];
    removed: string[];
    total: number;
  };
}

function watch(filter?: Record<string, unknown>): Subscription<Message> {
  return new Subscription<Message>(
    server.port,
    `subscription ($filter: LeaderboardFilter) {
      leaderboardChanged(filter: $filter) { upserts { id score } removed total }
    }`,
    { filter },
  );
}

function changes({ messages }: Subscription<Message>): Message["leaderboardChanged"][] {
  return messages.flatMap(({ data }) => (data ? [data.leaderboardChanged] : []));
}

/** The total of a message may be ahead of its rows: what was scored meanwhile comes in the next. */
function reportedRows(watching: Subscription<Message>): Message["leaderboardChanged"]["upserts"] {
  return changes(watching).flatMap(({ upserts }) => upserts);
}

test("changes are merged into few messages, which together hold every row in its last state", async () => {
  const run = await driver.startedRun({ population: 40 });
  const ids = await driver.propose(run, 0);
  const watching = watch({ runId: run.id });
  const arrivals: number[] = [];
  await watching.until((messages) => messages.length === 1);
  expect(changes(watching)).toEqual([{ upserts: [], removed: [], total: 0 }]);

  const began = performance.now();
  let seen = 1;
  const clock = setInterval(() => {
    if (watching.messages.length > seen) arrivals.push(performance.now());
    seen = watching.messages.length;
  }, 5);
  for (const [score, id] of ids.entries()) await driver.evaluate(run.id, id, score);
  await eventually(() => reportedRows(watching).length >= 40);
  const seconds = (performance.now() - began) / 1000;
  clearInterval(clock);
  await watching.leave();

  const rows = reportedRows(watching);
  expect(changes(watching).at(-1)?.total).toBe(40);
  expect(new Map(rows.map((row) => [row.id, row.score]))).toEqual(
    new Map(ids.map((id, score) => [id, score])),
  );
  expect(rows).toHaveLength(40);
  expect(watching.messages.length - 1).toBeLessThanOrEqual(Math.ceil(seconds * 4) + 1);
});

test("a row that commits late with an early timestamp is not missed", async () => {
  const run = await driver.startedRun();
  const [early, late] = await driver.propose(run, 0);
  const watching = watch({ runId: run.id });
  await watching.until((messages) => messages.length === 1);
  await driver.evaluate(run.id, late ?? "", 50);
  await watching.until((messages) => messages.length === 2);
  await database.$transaction(async (tx) => {
    const row = await tx.architecture.update({
      where: { id: early ?? "" },
      data: { score: 40, stability: "STABLE", updatedAt: new Date(Date.now() - 60_000) },
    });
    const { id: architectureId, generationId } = row;
    const payload = { architectureId, generationId, score: 40, stability: "STABLE" };
    await appendEvents(tx, run.id, [{ kind: "candidate.evaluated", payload }]);
  });
  await watching.until((messages) => messages.length === 3);
  await watching.leave();
  expect(changes(watching).at(-1)).toEqual({
    upserts: [{ id: early, score: 40 }],
    removed: [],
    total: 2,
  });
});

test("a row that no longer matches is reported as removed; rows of other leaderboards are not reported", async () => {
  const run = await driver.startedRun();
  const other = await driver.startedRun({}, 8);
  const [id = ""] = await driver.propose(run, 0);
  const [foreign = ""] = await driver.propose(other, 0);
  const watching = watch({ runId: run.id, stableOnly: true });
  await watching.until((messages) => messages.length === 1);
  await driver.evaluate(run.id, id, 50);
  await watching.until((messages) => messages.length === 2);
  await driver.evaluate(other.id, foreign, 60);
  await database.$transaction(async (tx) => {
    const row = await tx.architecture.update({ where: { id }, data: { stability: "DIVERGED" } });
    const payload = {
      architectureId: id,
      generationId: row.generationId,
      score: 0,
      stability: "DIVERGED",
    };
    await appendEvents(tx, run.id, [{ kind: "candidate.evaluated", payload }]);
  });
  await watching.until((messages) => messages.length === 3);
  await watching.leave();
  expect(changes(watching).slice(1)).toEqual([
    { upserts: [{ id, score: 50 }], removed: [], total: 1 },
    { upserts: [], removed: [id], total: 0 },
  ]);
});

test("changes during a lost connection are reported after it; no listener remains at the end", async () => {
  const run = await driver.startedRun();
  const ids = await driver.propose(run, 0);
  const watching = watch();
  await watching.until((messages) => messages.length === 1);
  expect(feed.listenerCount).toBe(1);
  await database.$executeRaw`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'opnas-listener' AND datname = current_database()`;
  for (const id of ids) await driver.evaluate(run.id, id, 30);
  // What was told just before the loss may be told again.
  await eventually(() => {
    const told = new Set(reportedRows(watching).map(({ id }) => id));
    return ids.every((id) => told.has(id));
  });
  await watching.leave();
  await eventually(() => feed.listenerCount === 0);
});

test("runsChanged reports the open runs at once, then each that is new or changed", async () => {
  const open = await driver.startedRun();
  const done = await driver.startedRun();
  await driver.finish(done.id);
  const watching = new Subscription<{ runsChanged: { id: string; status: string } }>(
    server.port,
    "subscription { runsChanged { id status phase progress { done } } }",
  );
  const reported = () => watching.messages.flatMap(({ data }) => (data ? [data.runsChanged] : []));
  await eventually(() => reported().some(({ id }) => id === open.id));
  expect(reported().some(({ id }) => id === done.id)).toBe(false);
  const fresh = await driver.startedRun();
  await eventually(() => reported().some(({ id }) => id === fresh.id));
  await server.ask(`mutation { pauseSearch(id: "${open.id}") { id } }`);
  await eventually(() =>
    reported().some(({ id, status }) => id === open.id && status === "PAUSED"),
  );
  await watching.leave();
});

const boardForm = z.object({
  leaderboard: z.object({
    totalCount: z.int(),
    edges: z.array(z.object({ node: z.object({ id: z.string() }) })),
  }),
});

test("filters choose by run, preset, stability, layer kind, and a part of name or key", async () => {
  const run = await driver.startedRun({ population: 12 }, 11);
  const ids = await driver.propose(run, 0);
  for (const [index, id] of ids.entries()) {
    await driver.evaluate(run.id, id, index, index === 0 ? "DIVERGED" : "STABLE");
  }
  const board = async (filter: Record<string, unknown>): Promise<string[]> => {
    const { leaderboard } = await server.read(
      boardForm,
      `query ($filter: LeaderboardFilter) {
        leaderboard(first: 100, filter: $filter) { totalCount edges { node { id } } }
      }`,
      { filter: { runId: run.id, ...filter } },
    );
    const found = leaderboard.edges.map(({ node }) => node.id);
    expect(leaderboard.totalCount).toBe(found.length);
    return found;
  };
  expect(await board({})).toEqual([...ids].reverse());
  expect(await board({ preset: "tiny" })).toEqual([]);
  expect(await board({ preset: "smoke" })).toHaveLength(12);
  expect(await board({ stableOnly: true })).toEqual([...ids].reverse().slice(0, -1));
  const rows = await database.architecture.findMany({ where: { runId: run.id } });
  const withConvolution = rows.filter(({ json }) => JSON.stringify(json).includes('"conv"'));
  expect(withConvolution.length).toBeGreaterThan(0);
  expect(new Set(await board({ kind: "CONVOLUTION" }))).toEqual(
    new Set(withConvolution.map(({ id }) => id)),
  );
  const [row] = rows;
  expect(await board({ search: row?.key.slice(4, 20).toUpperCase() })).toEqual([row?.id]);
  expect(await board({ search: row?.name })).toContain(row?.id);
  expect(await board({ search: "%" })).toEqual([]);

  const { errors } = await server.ask('{ leaderboard(filter: { runId: "x" }) { totalCount } }');
  expect(errors?.[0]).toMatchObject({
    message: "filter.runId cannot be used: it is not the id of a run.",
    extensions: { code: "BAD_INPUT", path: "filter.runId" },
  });
});

test("a notification that names no run does no harm", async () => {
  const run = await driver.startedRun();
  const [id = ""] = await driver.propose(run, 0);
  const watching = watch({ runId: run.id });
  await watching.until((messages) => messages.length === 1);
  await database.$executeRaw`SELECT pg_notify(${runChannel}, 'nonsense')`;
  await driver.evaluate(run.id, id, 1);
  await watching.until((messages) => messages.length === 2);
  await watching.leave();
});

const referencesForm = z.object({
  searchRun: z.object({
    bestArchitecture: z.object({ id: z.string() }),
    architectures: z.object({ totalCount: z.int() }),
    references: z.array(z.object({ id: z.string(), name: z.string(), reference: z.string() })),
    generations: z.array(
      z.object({ candidates: z.array(z.unknown()), evaluations: z.array(z.unknown()) }),
    ),
  }),
});

test("references are marked on the leaderboard, and can be left out or listed alone", async () => {
  const run = await driver.startedRun({ population: 4 }, 12);
  const ids = await driver.propose(run, 0, true);
  const watching = watch({ runId: run.id });
  const withoutReferences = watch({ runId: run.id, references: false });
  await watching.until((messages) => messages.length === 1);
  await withoutReferences.until((messages) => messages.length === 1);

  const read = async () =>
    (
      await server.read(
        referencesForm,
        `{ searchRun(id: "${run.id}") {
          bestArchitecture { id } architectures { totalCount } references { id name reference }
          generations { candidates { id } evaluations { id } }
        } }`,
      )
    ).searchRun;
  for (const [score, id] of ids.entries()) await driver.evaluate(run.id, id, score);
  const { references } = await read();
  expect(references.map(({ reference }) => reference)).toEqual([
    "bert",
    "autobert-zero",
    "autobert-zero-attention",
    "autobert-zero-convolution",
  ]);
  expect(references[0]?.name).toBe("vanilla BERT");
  const referenceIds = references.map(({ id }) => id);
  for (const [score, id] of referenceIds.entries()) await driver.evaluate(run.id, id, 50 + score);

  const after = await read();
  expect(after.bestArchitecture.id).toBe(ids[3]);
  expect(after.architectures.totalCount).toBe(4);
  expect(after.generations.map(({ candidates }) => candidates.length)).toEqual([4]);
  expect(after.generations.map(({ evaluations }) => evaluations.length)).toEqual([4]);

  const board = async (filter: Record<string, unknown>) => {
    const { leaderboard } = await server.read(
      boardForm,
      `query ($filter: LeaderboardFilter) {
        leaderboard(first: 100, filter: $filter) { totalCount edges { node { id } } }
      }`,
      { filter: { runId: run.id, ...filter } },
    );
    return leaderboard.edges.map(({ node }) => node.id);
  };
  const [best, worst] = [[...referenceIds].reverse(), [...ids].reverse()];
  expect(await board({})).toEqual([...best, ...worst]);
  expect(await board({ references: true })).toEqual(best);
  expect(await board({ references: false })).toEqual(worst);

  await eventually(() => reportedRows(watching).length >= 8);
  await eventually(() => reportedRows(withoutReferences).length >= 4);
  await Promise.all([watching.leave(), withoutReferences.leave()]);
  expect(changes(watching).at(-1)?.total).toBe(8);
  expect(changes(withoutReferences).at(-1)?.total).toBe(4);
  expect(new Set(reportedRows(withoutReferences).map(({ id }) => id))).toEqual(new Set(ids));
});
