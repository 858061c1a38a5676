import { randomUUID } from "node:crypto";
import { changeRunState, purgeRun } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { Subscription, testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());
const { database, queue } = server.services;
const driver = new SearchDriver(server.services);
beforeAll(() => driver.signIn());

/** Stores a run with scored candidates, which is over. */
async function endedRun(): Promise<{ id: string; candidates: string[] }> {
  const { id } = await driver.startedRun();
  const run = await database.searchRun.findUniqueOrThrow({ where: { id } });
  const candidates = await driver.propose(run, 0);
  for (const [index, each] of candidates.entries()) await driver.evaluate(id, each, 10 + index);
  await changeRunState(database, queue, id, "cancel");
  return { id, candidates };
}

async function change(name: string, id: string) {
  const { data, errors } = await server.ask(
    `mutation ($id: ID!) { ${name}(id: $id) { archivedAt deletedAt } }`,
    { id },
  );
  return errors?.[0]?.extensions.code ?? data;
}

const connection = z.object({ edges: z.array(z.object({ node: z.object({ id: z.string() }) })) });
const lists = z.object({
  current: connection,
  archived: connection,
  deleted: connection,
  leaderboard: connection,
  ofRun: connection,
  withArchived: connection,
  paretoFront: z.array(z.object({ id: z.string() })),
  searchRun: z.object({ id: z.string() }).nullable(),
  architecture: z.object({ id: z.string() }).nullable(),
});

/** Tells for each list whether it has the run, or any of its candidates. */
async function placesOf({ id, candidates }: { id: string; candidates: string[] }) {
  // What is gone is an error of its own field, beside the others' data.
  const { data } = await server.ask(
    `query ($id: ID!, $candidate: ID!) {
      current: searchRuns(first: 100) { ...Ids }
      archived: searchRuns(first: 100, filter: { visibility: [ARCHIVED] }) { ...Ids }
      deleted: searchRuns(first: 100, filter: { visibility: [DELETED] }) { ...Ids }
      leaderboard(first: 100) { ...Rows }
      ofRun: leaderboard(first: 100, filter: { runId: $id }) { ...Rows }
      withArchived: leaderboard(first: 100, filter: { archived: true }) { ...Rows }
      paretoFront(x: PARAMS, y: SCORE) { id }
      searchRun(id: $id) { id }
      architecture(id: $candidate) { id }
    }
    fragment Ids on SearchRunConnection { edges { node { id } } }
    fragment Rows on ArchitectureConnection { edges { node { id } } }`,
    { id, candidate: candidates[0] },
  );
  const answer = lists.parse(data);
  const own = new Set([id, ...candidates]);
  return Object.entries(answer).flatMap(([name, found]) => {
    const nodes = found === null ? [] : "edges" in found ? found.edges.map((e) => e.node) : found;
    return [nodes].flat().some((node) => own.has(node.id)) ? [name] : [];
  });
}

const everywhere = [
  "current",
  "leaderboard",
  "ofRun",
  "withArchived",
  "paretoFront",
  "searchRun",
  "architecture",
];

test("an archived run is listed where it is asked for, a deleted one only to be restored", async () => {
  const run = await endedRun();
  expect(await placesOf(run)).toEqual(everywhere);
  expect(await change("archiveRun", run.id)).toMatchObject({ archiveRun: { deletedAt: null } });
  expect(await placesOf(run)).toEqual([
    "archived",
    "ofRun",
    "withArchived",
    "searchRun",
    "architecture",
  ]);
  await change("deleteRun", run.id);
  expect(await placesOf(run)).toEqual(["deleted", "searchRun"]);
  expect(await change("restoreRun", run.id)).toEqual({
    restoreRun: { archivedAt: null, deletedAt: null },
  });
  expect(await placesOf(run)).toEqual(everywhere);
  await change("deleteRun", run.id);
  expect(await purgeRun(database, run.id, 0)).toBe(true);
  expect(await placesOf(run)).toEqual([]);
});

test("pre-trainings of a deleted run are in no list", async () => {
  const run = await endedRun();
  const pretrain = `mutation ($id: ID!) {
    pretrain(architectureId: $id, input: {}) { id } }`;
  const { pretrain: training } = await server.read(
    z.object({ pretrain: z.object({ id: z.string() }) }),
    pretrain,
    { id: run.candidates[0] },
  );
  const read = async () =>
    server.ask(`query ($id: ID!) { training(id: $id) { id } trainings { totalCount } }`, training);
  expect((await read()).data).toEqual({ training, trainings: { totalCount: 1 } });
  expect(await change("deleteRun", run.id)).toBe("WRONG_STATE");
  await server.ask(`mutation ($id: ID!) { cancelTraining(id: $id) { id } }`, training);
  await change("deleteRun", run.id);
  expect((await read()).data).toEqual({ training: null, trainings: { totalCount: 0 } });
});

test("leaderboards that are followed lose a run's candidates with it and get them back", async () => {
  interface Message {
    leaderboardChanged: { upserts: { id: string }[]; removed: string[] };
  }
  const run = await endedRun();
  const watching = new Subscription<Message>(
    server.port,
    "subscription { leaderboardChanged { upserts { id } removed } }",
  );
  const told = (list: "removed" | "upserts") =>
    new Set(
      watching.messages.flatMap(({ data }) => {
        const change = data?.leaderboardChanged;
        return list === "removed"
          ? (change?.removed ?? [])
          : (change?.upserts ?? []).map(({ id }) => id);
      }),
    );
  const areAll = (ids: ReadonlySet<string>) => run.candidates.every((id) => ids.has(id));
  await watching.until((messages) => messages.length === 1);
  await change("archiveRun", run.id);
  await watching.until(() => areAll(told("removed")));
  watching.messages.length = 0;
  await change("restoreRun", run.id);
  await watching.until(() => areAll(told("upserts")));
  expect(told("removed")).toEqual(new Set());
  await watching.leave();
});

test.each(["archiveRun", "deleteRun", "restoreRun"])(
  "%s refuses an unknown run, and deletes or archives no live one",
  async (mutation) => {
    for (const id of [randomUUID(), "seven"]) {
      expect(await change(mutation, id)).toBe("NOT_FOUND");
    }
    const live = await driver.startedRun();
    const unchanged = { restoreRun: { archivedAt: null, deletedAt: null } };
    const expected = mutation === "restoreRun" ? unchanged : "WRONG_STATE";
    expect(await change(mutation, live.id)).toEqual(expected);
  },
);
