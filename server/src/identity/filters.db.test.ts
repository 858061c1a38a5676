import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { askWith, authSecret, bearer, testAccount } from "../testing/accounts.js";
import { eventually, Subscription, testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase(), { mode: "accounts", secret: authSecret });
afterAll(() => server.stop());
const { database, streams } = server.services;
const driver = new SearchDriver(server.services);

const admin = await testAccount(server, "admin", "ADMIN");
const ann = await testAccount(server, "ann", "RESEARCHER");
const amy = await testAccount(server, "amy", "RESEARCHER", ann.teamId);
const bob = await testAccount(server, "bob", "RESEARCHER");

/** The one scored architecture of a run of each, and the run. */
const rows = { ann: "", amy: "", bob: "" };
const runs = { ann: "", amy: "", bob: "" };

beforeAll(async () => {
  await driver.signIn();
  for (const [index, who] of (["ann", "amy", "bob"] as const).entries()) {
    const { id: ownerId, teamId } = { ann, amy, bob }[who];
    const run = await driver.startedRun({ population: 4 }, index);
    await database.searchRun.update({ where: { id: run.id }, data: { ownerId, teamId } });
    const [id = ""] = await driver.propose(run, 0);
    await driver.evaluate(run.id, id, 10);
    rows[who] = id;
    runs[who] = run.id;
  }
});

const answer = z.object({
  leaderboard: z.object({ edges: z.array(z.object({ node: z.object({ id: z.string() }) })) }),
  searchRuns: z.object({ edges: z.array(z.object({ node: z.object({ id: z.string() }) })) }),
});

/** Returns whose rows and runs a filter lists for somebody; both lists must say the same. */
async function listed(key: string, filter: Record<string, unknown>): Promise<string[]> {
  const { data } = await askWith(
    server,
    bearer(key),
    `query ($board: LeaderboardFilter, $runs: RunFilter) {
      leaderboard(filter: $board) { edges { node { id } } }
      searchRuns(filter: $runs) { edges { node { id } } }
    }`,
    { board: filter, runs: filter },
  );
  const { leaderboard, searchRuns } = answer.parse(data);
  const found = leaderboard.edges.map(({ node }) => node.id);
  const ofRows = Object.entries(rows).flatMap(([who, id]) => (found.includes(id) ? [who] : []));
  const foundRuns = searchRuns.edges.map(({ node }) => node.id);
  expect(
    Object.entries(runs).flatMap(([who, id]) => (foundRuns.includes(id) ? [who] : [])),
  ).toEqual(ofRows);
  return ofRows;
}

test("rows are found by who started their run, and `me` is the caller", async () => {
  expect(await listed(ann.key, { query: "owner = me" })).toEqual(["ann"]);
  expect(await listed(amy.key, { query: "owner = me" })).toEqual(["amy"]);
  expect(await listed(admin.key, { query: "owner = me" })).toEqual([]);
  expect(await listed(ann.key, { query: "owner != me" })).toEqual(["amy"]);
  expect(await listed(ann.key, { query: "owner = Amy@Example.org" })).toEqual(["amy"]);
  expect(await listed(ann.key, { ownerId: amy.id })).toEqual(["amy"]);
  expect(await listed(admin.key, { query: `owner in (${ann.id}, ${bob.email})` })).toEqual([
    "ann",
    "bob",
  ]);
});

test("rows are found by their team", async () => {
  expect(await listed(admin.key, { query: "team = 'team of ann'" })).toEqual(["ann", "amy"]);
  expect(await listed(admin.key, { teamId: bob.teamId })).toEqual(["bob"]);
  expect(await listed(ann.key, { query: `team = ${ann.teamId}` })).toEqual(["ann", "amy"]);
});

test("no filter shows what another team has, however it is asked for", async () => {
  const own = ["ann", "amy"];
  for (const query of [
    `owner = ${bob.email}`,
    `owner = ${bob.id}`,
    "team = 'team of bob'",
    `team = ${bob.teamId}`,
  ]) {
    expect(await listed(ann.key, { query })).toEqual([]);
    expect(await listed(ann.key, { query: `not (${query})` })).toEqual(own);
    expect(await listed(ann.key, { query: `${query} or score > 0 or not score > 0` })).toEqual(own);
  }
  expect(await listed(ann.key, { ownerId: bob.id })).toEqual([]);
  expect(await listed(ann.key, { teamId: bob.teamId })).toEqual([]);
});

interface Message {
  leaderboardChanged: { upserts: { id: string }[]; removed: string[] };
}

test("two members who follow `owner = me` follow two leaderboards", async () => {
  const follow = (key: string) =>
    new Subscription<Message>(
      server.port,
      'subscription { leaderboardChanged(filter: { query: "owner = me" }) { upserts { id } removed } }',
      {},
      `Bearer ${key}`,
    );
  const [anns, amys] = [follow(ann.key), follow(amy.key)];
  for (const each of [anns, amys]) await each.until(({ length }) => length === 1);
  expect(streams.leaderboards.boardCount).toBe(2);
  const seen = (each: Subscription<Message>) => JSON.stringify(each.messages);
  for (const runId of [runs.ann, runs.amy]) {
    const [next] = await database.architecture.findMany({ where: { runId, score: null } });
    await driver.evaluate(runId, next?.id ?? "", 20);
  }
  const [ofAnn, ofAmy] = await Promise.all(
    [runs.ann, runs.amy].map((runId) =>
      database.architecture.findFirstOrThrow({ where: { runId, score: 20 } }),
    ),
  );
  await eventually(() => seen(amys).includes(ofAmy?.id ?? "none"));
  await eventually(() => seen(anns).includes(ofAnn?.id ?? "none"));
  expect(seen(amys)).not.toContain(ofAnn?.id);
  expect(seen(anns)).not.toContain(ofAmy?.id);
  for (const each of [anns, amys]) await each.leave();
});
