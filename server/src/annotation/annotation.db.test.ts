import { randomUUID } from "node:crypto";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());
const { database } = server.services;
const driver = new SearchDriver(server.services);
beforeAll(() => driver.signIn());

const payload = z.object({
  payload: z.object({
    run: z.object({ name: z.string(), lastSeq: z.int() }).nullable(),
    architecture: z.object({ id: z.string() }).nullable(),
    changed: z.array(z.string()),
    tags: z.array(z.string()),
    note: z.string().nullable(),
  }),
});

async function change(call: string, variables: Record<string, unknown>) {
  const argument = "tags" in variables ? "$tags: [String!]!" : "$text: String!";
  const query = `mutation ($id: ID!, ${argument}) {
    payload: ${call} { run { name lastSeq } architecture { id } changed tags note }
  }`;
  return (await server.read(payload, query, variables)).payload;
}

async function codeOf(query: string, variables: Record<string, unknown>) {
  return (await server.ask(query, variables)).errors?.[0]?.extensions.code;
}

async function runIds(filter: unknown): Promise<string[]> {
  const { searchRuns } = await server.read(
    z.object({
      searchRuns: z.object({ edges: z.array(z.object({ node: z.object({ id: z.string() }) })) }),
    }),
    "query ($filter: RunFilter) { searchRuns(first: 100, filter: $filter) { edges { node { id } } } }",
    { filter },
  );
  return searchRuns.edges.map(({ node }) => node.id);
}

test("a run is renamed, tagged and annotated; lists find it by its tags", async () => {
  const run = await driver.startedRun();
  const other = await driver.startedRun({}, 8);
  const { id } = run;
  expect(
    await change("renameRun(id: $id, name: $text)", { id, text: " A better name " }),
  ).toMatchObject({ run: { name: "A better name" }, architecture: null, changed: ["name"] });
  const tagged = await change("tag(id: $id, tags: $tags)", { id, tags: ["zeta", "alpha", "zeta"] });
  expect(tagged).toMatchObject({ changed: ["tags"], tags: ["alpha", "zeta"] });
  expect(await change("annotate(id: $id, note: $text)", { id, text: "two\nlines" })).toMatchObject({
    changed: ["note"],
    note: "two\nlines",
  });
  await change("tag(id: $id, tags: $tags)", { id: other.id, tags: ["alpha"] });
  expect(await runIds({ tags: ["alpha"] })).toEqual([other.id, id]);
  expect(await runIds({ tags: ["alpha", "zeta"] })).toEqual([id]);
  expect(await runIds({ tags: ["alph"] })).toEqual([]);

  const again = await change("tag(id: $id, tags: $tags)", { id, tags: ["alpha"] });
  expect(again.changed).toEqual([]);
  const removed = await change("untag(id: $id, tags: $tags)", { id, tags: ["zeta", "none"] });
  expect(removed.tags).toEqual(["alpha"]);
  expect(removed.run?.lastSeq).toBe((again.run?.lastSeq ?? 0) + 1);
  const events = await database.runEvent.findMany({ where: { runId: id, kind: "run.edited" } });
  expect(events.map(({ payload }) => payload)).toEqual(
    [["name"], ["tags"], ["note"], ["tags"]].map((changed) => ({ changed })),
  );
});

test("an architecture has tags and a note, which the query tags counts", async () => {
  const run = await driver.startedRun();
  const [id = ""] = await driver.propose(run, 0);
  const tagged = await change("tag(id: $id, tags: $tags)", { id, tags: ["beta 1"] });
  expect(tagged).toMatchObject({ run: null, architecture: { id }, tags: ["beta 1"] });
  expect((await change("annotate(id: $id, note: $text)", { id, text: "odd" })).note).toBe("odd");
  expect((await change("annotate(id: $id, note: $text)", { id, text: " " })).note).toBeNull();
  await driver.evaluate(run.id, id, 5);
  const board = `query ($tags: [String!]) { leaderboard(filter: { tags: $tags }) { totalCount } }`;
  for (const [tag, totalCount] of [
    ["beta 1", 1],
    ["beta 2", 0],
  ] as const) {
    const found = await server.ask(board, { tags: [tag] });
    expect(found.data).toEqual({ leaderboard: { totalCount } });
  }
  await change("tag(id: $id, tags: $tags)", { id: run.id, tags: ["beta 1", "beta 2"] });
  const { data } = await server.ask('{ tags(prefix: "beta") { tag runs architectures } }');
  expect(data).toEqual({
    tags: [
      { tag: "beta 1", runs: 1, architectures: 1 },
      { tag: "beta 2", runs: 1, architectures: 0 },
    ],
  });
});

test("what cannot be a name, a tag or a note is refused, and so is an unknown id", async () => {
  const { id } = await driver.startedRun();
  const tag = "mutation ($id: ID!, $tags: [String!]!) { tag(id: $id, tags: $tags) { tags } }";
  for (const tags of [[], [""], ["a,b"], ["x".repeat(51)], ["a\u001b[2J"], ["\ud800"]]) {
    expect(await codeOf(tag, { id, tags })).toBe("BAD_INPUT");
  }
  const many = Array.from({ length: 50 }, (_, index) => `t${index}`);
  expect(await codeOf(tag, { id, tags: many })).toBeUndefined();
  expect(await codeOf(tag, { id, tags: ["one more"] })).toBe("BAD_INPUT");
  const rename = 'mutation ($id: ID!) { renameRun(id: $id, name: "") { tags } }';
  expect(await codeOf(rename, { id })).toBe("BAD_INPUT");
  const annotate = "mutation ($id: ID!, $note: String) { annotate(id: $id, note: $note) { note } }";
  expect(await codeOf(annotate, { id, note: "x".repeat(10_001) })).toBe("BAD_INPUT");
  for (const unknown of [randomUUID(), "x"]) {
    expect(await codeOf(tag, { id: unknown, tags: ["a"] })).toBe("NOT_FOUND");
  }
});

const clone = `mutation ($id: ID!, $changes: CloneSearchInput, $key: String) {
  cloneSearch(id: $id, changes: $changes, idempotencyKey: $key) { id name seed preset status settings }
}`;
const cloned = z.object({
  cloneSearch: z.looseObject({ id: z.string(), settings: z.record(z.string(), z.unknown()) }),
});

test("a clone has the run's settings, seed and preset, but for the changes", async () => {
  const run = await driver.startedRun({ population: 5 }, 21);
  const same = await server.read(cloned, clone, { id: run.id });
  expect(same.cloneSearch).toMatchObject({
    name: "run of seed 21 (clone)",
    seed: 21,
    preset: "smoke",
    status: "QUEUED",
    settings: run.settings,
  });
  const changes = { seed: 3, strategy: "RANDOM", settings: { superNet: { steps: 9 } } };
  const first = await server.read(cloned, clone, { id: run.id, changes, key: "clone 1" });
  expect(first.cloneSearch).toMatchObject({
    seed: 3,
    settings: { population: 5, strategy: "random", superNet: { steps: 9 } },
  });
  const again = await server.read(cloned, clone, { id: run.id, changes, key: "clone 1" });
  expect(again.cloneSearch.id).toBe(first.cloneSearch.id);
  expect(await codeOf(clone, { id: run.id, key: "clone 1" })).toBe("BAD_INPUT");
  const unknown = { settings: { populatoin: 5 } };
  expect(await codeOf(clone, { id: run.id, changes: unknown })).toBe("BAD_INPUT");
  expect(await codeOf(clone, { id: randomUUID() })).toBe("NOT_FOUND");
});
