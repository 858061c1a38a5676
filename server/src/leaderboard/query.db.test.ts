import "reflect-metadata";
import { archiveRun, createTeam } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { leaderboardFields } from "./filterFields.js";
import { runFields } from "../run/filterFields.js";
import { eventually, Subscription, testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());
const { database } = server.services;
const driver = new SearchDriver(server.services);

/** Scored architectures by short names: a to f of one run, g of another, h of an archived one. */
const ids: Record<string, string> = {};
let runId = "";

beforeAll(async () => {
  await driver.signIn();
  const run = await driver.startedRun({ population: 6 });
  runId = run.id;
  for (const [index, id] of (await driver.propose(run, 0)).entries()) {
    const name = "abcdef".charAt(index);
    ids[name] = id;
    await driver.evaluate(run.id, id, 10 * (index + 1), name === "f" ? "NO_LEARNING" : "STABLE");
    const features = [`kernel:${name === "a" || name === "b" ? 5 : 3}`, "kind:conv"];
    const stepSeconds = name === "a" ? null : index;
    const stepRatio = name === "a" ? null : index / 2;
    const createdAt = new Date(Date.UTC(2026, 9, 30 + index, 12));
    const params = 1e6 * (index + 1);
    const data = { name: `calm-${name}`, features, stepSeconds, stepRatio, createdAt, params };
    await database.architecture.update({ where: { id }, data });
  }
  const tags = "mutation ($id: ID!, $tags: [String!]!) { tag(id: $id, tags: $tags) { tags } }";
  await server.ask(tags, { id: ids["a"], tags: ["good"] });
  await server.ask(tags, { id: ids["b"], tags: ["good", "seen"] });
  const other = await driver.startedRun({ population: 4, strategy: "random" }, 9);
  await server.ask(tags, { id: other.id, tags: ["paper"] });
  const [g = ""] = await driver.propose(other, 0);
  await driver.evaluate(other.id, g, 70);
  const hidden = await driver.startedRun({ population: 4 }, 11);
  const [h = ""] = await driver.propose(hidden, 0);
  await driver.evaluate(hidden.id, h, 80);
  await database.searchRun.update({ where: { id: hidden.id }, data: { status: "DONE" } });
  await archiveRun(database, hidden.id);
  const team = await createTeam(database, "vision");
  await database.searchRun.update({ where: { id: other.id }, data: { teamId: team.id } });
  await database.architecture.updateMany({
    where: { id: { in: [g, h] } },
    data: { features: ["kind:attention", "operation:softmax"], createdAt: new Date(0) },
  });
  Object.assign(ids, { g, h });
});

const page = z.object({
  leaderboard: z.object({
    edges: z.array(z.object({ node: z.object({ id: z.string() }) })),
    totalCount: z.int(),
  }),
});

/** Returns the short names of the architectures that a filter lists, in the order of the alphabet. */
async function listed(filter: Record<string, unknown>): Promise<string> {
  const { leaderboard } = await server.read(
    page,
    `query ($filter: LeaderboardFilter) {
      leaderboard(filter: $filter) { totalCount edges { node { id } } }
    }`,
    { filter },
  );
  const found = new Set(leaderboard.edges.map(({ node }) => node.id));
  expect(leaderboard.totalCount).toBe(found.size);
  return Object.keys(ids)
    .filter((name) => found.has(ids[name] ?? ""))
    .join("");
}

const answers = [
  ["", "abcdefg"],
  ["score > 30", "defg"],
  ["score >= 30 and score < 60", "cde"],
  ["score = 30 or score = 50", "ce"],
  ["score != 30", "abdefg"],
  ["layer.kernel = 5", "ab"],
  ["layer.kernel in (5, 3) and not tag = good", "cdef"],
  ["layer.kind = attention or operation = softmax", "g"],
  ["score > 15 and strategy = opnas and layer.kernel = 5 and tag = good and stable", "b"],
  ["tag", "ab"],
  ["tag = good and tag != seen", "a"],
  ["tag in (seen, none)", "b"],
  ["not stable", "f"],
  ["stability = no_learning", "f"],
  ["stepTime", "bcdefg"],
  ["stepTime > 2", "def"],
  ["not stepTime > 2", "abcg"],
  ["stepTime <= 2", "bcg"],
  ["stepRatio > 1", "defg"],
  ["not stepRatio", "a"],
  ["params <= 3M and run.name ~ 'SEED 7'", "abc"],
  ["'CALM-A' or name = calm-b", "ab"],
  ["name !~ calm and not (strategy = random)", ""],
  ["created = 2026-11-01", "c"],
  ["created >= 2026-11-01 and created <= 2026-11-03T12:00:00Z", "cde"],
  ["created > 2026-11-03", "f"],
  ["preset = smoke and strategy = random", "g"],
  ["strategy not in (random, opnas)", ""],
  ["team = vision", "g"],
  ["team = Everyone", "abcdef"],
  ["run.tag = paper or score < 15", "ag"],
  ["run.tag = paper and score < 15", ""],
  ["not reference", "abcdefg"],
  ["owner = me", "abcdefg"],
  ["owner", ""],
  ["owner = nobody@example.org", ""],
  ["archived", "h"],
  ["archived or score > 60", "gh"],
  ["archived = false", "abcdefg"],
] as const;

test.each(answers)("%j lists %s, and its negation all others", async (query, expected) => {
  expect(await listed({ query })).toBe(expected);
  if (query === "") return;
  const rest = query.includes("archived") ? "abcdefgh" : "abcdefg";
  const others = rest.replaceAll(/./g, (name) => (expected.includes(name) ? "" : name));
  expect(await listed({ query: `not (${query})` })).toBe(others);
});

test("the fields of a filter and its query must both hold", async () => {
  expect(await listed({ runId, query: "score > 30" })).toBe("def");
  expect(await listed({ stableOnly: true, query: `run = ${runId} and score > 30` })).toBe("de");
  const team = await database.team.findFirstOrThrow({ where: { name: "vision" } });
  expect(await listed({ teamId: team.id })).toBe("g");
  expect(await listed({ query: `team = ${team.id}` })).toBe("g");
  expect(await listed({ ownerId: team.id })).toBe("");
});

test("every field can be asked for, by itself or with a value", async () => {
  const values: Record<string, string> = {
    "layer.kernel": "3",
    "layer.kind": "attention",
    "layer.operation": "softmax",
    stability: "stable",
    strategy: "tpe",
    run: runId,
    status: "done",
    phase: "finished",
  };
  const valueOf = ({ name, kind }: { name: string; kind: { label: string } }) =>
    values[name] ??
    { "a number": "1", "a date": "2026-11-01", "true or false": "true" }[kind.label];
  for (const [list, { fields }] of [
    ["leaderboard", leaderboardFields],
    ["searchRuns", runFields],
  ] as const) {
    const type = list === "leaderboard" ? "LeaderboardFilter" : "RunFilter";
    for (const field of fields) {
      const value = valueOf(field) ?? "me@example.org";
      const alone = field.kind.alone ? [field.name, `not ${field.name}`] : [];
      const queries = [
        ...alone,
        ...field.kind.comparisons.map((c) => `${field.name} ${c} ${value}`),
      ];
      for (const query of queries) {
        const { errors } = await server.ask(
          `query ($filter: ${type}) { ${list}(filter: $filter) { totalCount } }`,
          { filter: { query } },
        );
        expect({ query, errors }).toEqual({ query, errors: undefined });
      }
    }
  }
});

test("runs are found by their fields, archived ones only by a filter that names them", async () => {
  const runs = async (filter: Record<string, unknown>) => {
    const { searchRuns } = await server.read(
      z.object({
        searchRuns: z.object({ edges: z.array(z.object({ node: z.object({ seed: z.int() }) })) }),
      }),
      "query ($filter: RunFilter) { searchRuns(filter: $filter) { edges { node { seed } } } }",
      { filter },
    );
    return searchRuns.edges.map(({ node }) => node.seed).sort((a, b) => a - b);
  };
  expect(await runs({})).toEqual([7, 9]);
  expect(await runs({ query: "bestScore > 65 and 'seed'" })).toEqual([9]);
  expect(await runs({ query: "archived" })).toEqual([11]);
  expect(await runs({ query: "seed in (7, 11) or archived" })).toEqual([7, 11]);
  expect(await runs({ query: "not archived or score > 65" })).toEqual([7, 9, 11]);
  expect(await runs({ query: "status = running and not tag" })).toEqual([7]);
  expect(await runs({ strategy: "RANDOM" })).toEqual([9]);
  expect(await runs({ query: "seed = 9", visibility: ["ARCHIVED"] })).toEqual([]);
  const team = await database.team.findFirstOrThrow({ where: { name: "vision" } });
  expect(await runs({ teamId: team.id })).toEqual([9]);
});

test("an error names the place of the fault and what could stand there", async () => {
  for (const [list, type] of [
    ["leaderboard", "LeaderboardFilter"],
    ["searchRuns", "RunFilter"],
  ]) {
    const { errors } = await server.ask(
      `query ($filter: ${type}) { ${list}(filter: $filter) { totalCount } }`,
      { filter: { query: "created > 2026-01-01 and tga = good" } },
    );
    expect(errors).toHaveLength(1);
    expect(errors?.[0]).toMatchObject({
      message: "filter.query cannot be used: at character 26, tga is no field; did you mean tag.",
      extensions: {
        code: "BAD_INPUT",
        kind: "user",
        path: "filter.query",
        filter: { position: 25, length: 3, nearest: ["tag"] },
      },
    });
  }
});

interface Message {
  leaderboardChanged: { upserts: { id: string; tags: string[] }[]; removed: string[] };
}

test("rows appear on a followed leaderboard and vanish from it as their tags change", async () => {
  const follow = (query: string) =>
    new Subscription<Message>(
      server.port,
      `subscription ($filter: LeaderboardFilter) {
        leaderboardChanged(filter: $filter) { upserts { id tags } removed }
      }`,
      { filter: { query } },
    );
  const tagged = follow("tag = starred and not tag = bad");
  const ofRun = follow("run.tag = starred");
  // Other words for what the first says: it is one stream.
  const same = follow("not (tag = bad or tag != starred)");
  const all = [tagged, ofRun, same];
  for (const each of all) await each.until(({ length }) => length === 1);
  expect(server.services.streams.leaderboards.boardCount).toBe(2);
  const upserts = ({ messages }: Subscription<Message>) =>
    messages.flatMap(({ data }) => data?.leaderboardChanged.upserts ?? []);
  const removed = ({ messages }: Subscription<Message>) =>
    messages.flatMap(({ data }) => data?.leaderboardChanged.removed ?? []);
  const change = (operation: string, id: string, tags: string[]) =>
    server.ask(
      `mutation ($id: ID!, $tags: [String!]!) { ${operation}(id: $id, tags: $tags) { tags } }`,
      { id, tags },
    );
  const { c = "", g = "" } = ids;
  const { runId: other } = await database.architecture.findUniqueOrThrow({ where: { id: g } });
  await change("tag", c, ["starred"]);
  await eventually(() => upserts(tagged).some(({ id }) => id === c));
  expect(upserts(tagged)).toEqual([{ id: c, tags: ["starred"] }]);
  await change("tag", c, ["bad"]);
  await eventually(() => removed(tagged).includes(c));
  await change("tag", other, ["starred"]);
  await eventually(() => upserts(ofRun).some(({ id }) => id === g));
  await change("untag", other, ["starred"]);
  await eventually(() => removed(ofRun).includes(g));
  await eventually(() => removed(same).includes(c));
  for (const each of all) await each.leave();
});

test("a Pareto front follows the tags that its filter asks for", async () => {
  const front = async () => {
    const { paretoFront } = await server.read(
      z.object({ paretoFront: z.array(z.object({ id: z.string() })) }),
      'query { paretoFront(x: PARAMS, filter: { query: "tag = front" }) { id } }',
    );
    return paretoFront.map(({ id }) => id);
  };
  expect(await front()).toEqual([]);
  const tag = `mutation ($id: ID!) { tag(id: $id, tags: ["front"]) { tags } }`;
  await server.ask(tag, { id: ids["d"] });
  await eventually(async () => (await front()).length === 1);
  expect(await front()).toEqual([ids["d"]]);
  await server.ask(tag.replace("tag(", "untag("), { id: ids["d"] });
  await eventually(async () => (await front()).length === 0);
});

test("a run's new name reaches the followers of its rows", async () => {
  const watching = new Subscription<{
    leaderboardChanged: { upserts: { id: string; run: { name: string } }[] };
  }>(
    server.port,
    "subscription ($id: ID!) { leaderboardChanged(filter: { runId: $id }) { upserts { id run { name } } } }",
    { id: runId },
  );
  await watching.until(({ length }) => length === 1);
  await server.ask('mutation ($id: ID!) { renameRun(id: $id, name: "renamed seed 7") { tags } }', {
    id: runId,
  });
  const rows = () =>
    watching.messages.flatMap(({ data }) => data?.leaderboardChanged.upserts ?? []);
  await eventually(() => rows().length >= 6);
  expect(new Set(rows().map(({ run }) => run.name))).toEqual(new Set(["renamed seed 7"]));
  await watching.leave();
});
