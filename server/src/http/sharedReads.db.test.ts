import { testDatabase } from "@opnas/prisma/testing";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { askWith, authSecret, bearer, testAccount } from "../testing/accounts.js";
import { answerSchema, eventually, testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const databaseUrl = await testDatabase();
const server = await testServer(databaseUrl, { mode: "accounts", secret: authSecret });
/** One session holds locks, another looks: within a transaction the statistics of sessions stand still. */
const admin = new pg.Client({ connectionString: databaseUrl });
const watcher = new pg.Client({ connectionString: databaseUrl });
await admin.connect();
await watcher.connect();
afterAll(async () => {
  await admin.end();
  await watcher.end();
  await server.stop();
});

const driver = new SearchDriver(server.services);
const ann = await testAccount(server, "ann", "RESEARCHER");
const eve = await testAccount(server, "eve", "RESEARCHER", ann.teamId);
const bob = await testAccount(server, "bob", "RESEARCHER");

const boardSchema = z.object({
  leaderboard: z.object({
    edges: z.array(z.object({ node: z.object({ id: z.string(), score: z.number() }) })),
  }),
});
const board = "{ leaderboard(first: 20) { edges { node { id score } } } }";

let candidates: string[] = [];
let runId = "";

beforeAll(async () => {
  await driver.signIn();
  const run = await driver.startedRun({ population: 12 });
  const { database } = server.services;
  await database.searchRun.update({ where: { id: run.id }, data: { teamId: ann.teamId } });
  runId = run.id;
  candidates = await driver.propose(run, 0);
  await driver.evaluate(run.id, candidates[0] ?? "", 50);
});

async function ask(key: string, query = board) {
  const { data, errors } = await askWith(server, bearer(key), query);
  expect(errors).toBeUndefined();
  return boardSchema.parse(data).leaderboard.edges.map(({ node }) => node);
}

/** Counts the pages of leaderboards that are being read. */
async function reading(): Promise<number> {
  const { rows } = await watcher.query<{ count: number }>(
    `SELECT count(*)::int FROM pg_stat_activity
      WHERE application_name = 'opnas' AND state = 'active' AND query ILIKE '%page.value%'`,
  );
  return rows[0]?.count ?? NaN;
}

/** Keeps readers of leaderboards waiting until the returned function is called. */
async function holdBoards(): Promise<() => Promise<unknown>> {
  await admin.query('BEGIN; LOCK TABLE "Architecture" IN ACCESS EXCLUSIVE MODE');
  return () => admin.query("ROLLBACK");
}

test("equal reads of equal rights at once are executed once for all who came while one was under way", async () => {
  const release = await holdBoards();
  const first = ask(ann.key);
  await eventually(async () => (await reading()) === 1);
  const others = Array.from({ length: 30 }, (_, index) => ask(index % 2 === 0 ? ann.key : eve.key));
  await eventually(async () => (await reading()) >= 2);
  // Those that come after a waiting execution has begun wait for a third: never one for each.
  expect(await reading()).toBeLessThan(10);
  await release();
  const expected = [{ id: candidates[0], score: 50 }];
  for (const answer of await Promise.all([first, ...others])) expect(answer).toEqual(expected);
});

test("callers of other rights get answers of their own", async () => {
  const release = await holdBoards();
  const asked = [ann, bob, ann, bob, eve, bob].map(({ key }) => ask(key));
  await eventually(async () => (await reading()) >= 2);
  await release();
  const [ofAnn, ofBob, againAnn, againBob, ofEve, lastBob] = await Promise.all(asked);
  expect([ofBob, againBob, lastBob]).toEqual([[], [], []]);
  expect(ofAnn).toHaveLength(1);
  expect([againAnn, ofEve]).toEqual([ofAnn, ofAnn]);
});

test("what was written before a read is in its answer, however many others read", async () => {
  let isOver = false;
  const others = Array.from({ length: 8 }, async () => {
    while (!isOver) await ask(ann.key);
  });
  for (const [index, id] of candidates.slice(1).entries()) {
    await driver.evaluate(runId, id, index);
    expect(await ask(ann.key)).toContainEqual({ id, score: index });
  }
  isOver = true;
  await Promise.all(others);
});

test("one who leaves takes nothing from those who wait for the same", async () => {
  const release = await holdBoards();
  const leaving = new AbortController();
  const first = ask(ann.key);
  await eventually(async () => (await reading()) === 1);
  const left = fetch(server.url, {
    method: "POST",
    headers: { "content-type": "application/json", ...bearer(ann.key) },
    body: JSON.stringify({ query: board }),
    signal: leaving.signal,
  });
  await eventually(async () => (await reading()) === 2);
  const stayed = ask(ann.key);
  leaving.abort();
  await expect(left).rejects.toThrow();
  // Nobody else waits for the second execution, which is given up; the others' are not.
  await release();
  expect(await stayed).toHaveLength(candidates.length);
  expect(await first).toHaveLength(candidates.length);
});

test("operations with one field that looks at who asks are executed for each caller", async () => {
  const query = "{ viewer { name } leaderboard(first: 1) { edges { node { id } } } }";
  const viewerSchema = z.object({ viewer: z.object({ name: z.string() }) });
  const answers = await Promise.all(
    [ann, eve, ann, eve].map(({ key }) => askWith(server, bearer(key), query)),
  );
  const names = answers.map(({ data }) => viewerSchema.parse(data).viewer.name);
  expect(names).toEqual([ann.email, eve.email, ann.email, eve.email]);
});

test("each who waits for a read that fails hears why", async () => {
  const query = '{ leaderboard(first: 20, after: "nonsense") { edges { node { id } } } }';
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => askWith(server, bearer(ann.key), query)),
  );
  for (const answer of answers) {
    const { errors } = answerSchema.parse(answer);
    expect(errors).toHaveLength(1);
    expect(errors?.[0]).toMatchObject({ extensions: { code: "BAD_INPUT", path: "after" } });
  }
});

test("variables that are nested too deeply to be compared are refused as any others", async () => {
  const depth = 100_000;
  const filter = `{"runId":${"[".repeat(depth)}${"]".repeat(depth)}}`;
  const query =
    "query ($filter: LeaderboardFilter) { leaderboard(filter: $filter) { edges { cursor } } }";
  const response = await fetch(server.url, {
    method: "POST",
    headers: { "content-type": "application/json", ...bearer(ann.key) },
    body: `{"query":${JSON.stringify(query)},"variables":{"filter":${filter}}}`,
  });
  const { errors } = answerSchema.parse(await response.json());
  expect(errors?.[0]?.extensions.code).not.toBe("INTERNAL");
  expect(response.status).toBeLessThan(500);
});
