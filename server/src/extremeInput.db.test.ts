import { presets } from "@opnas/core";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { testServer, webSocketClient } from "./testing/client.js";
import { SearchDriver } from "./testing/searchDriver.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());

let architectureId = "";
beforeAll(async () => {
  const driver = new SearchDriver(server.services);
  await driver.signIn();
  [architectureId = ""] = await driver.propose(await driver.startedRun(), 0);
});

const errorForm = z.object({
  errors: z.tuple([
    z.object({
      message: z.string(),
      extensions: z.looseObject({ code: z.string(), issues: z.array(z.unknown()).optional() }),
    }),
  ]),
});

/** Sends a request of any text; returns its single error and the length of the response. */
async function refusal(body: string) {
  const response = await fetch(server.url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  const text = await response.text();
  const [{ message, extensions }] = errorForm.parse(JSON.parse(text)).errors;
  return { message, ...extensions, length: text.length };
}

const startSearch = "mutation ($input: StartSearchInput!) { startSearch(input: $input) { id } }";

/** Asks for a search with these settings, given as JSON: no stack is deep enough to write some. */
function startWith(settings: string) {
  const input = `{"preset": "smoke", "settings": ${settings}}`;
  return refusal(`{"query": ${JSON.stringify(startSearch)}, "variables": {"input": ${input}}}`);
}

const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;

test("startSearch refuses a model of a billion layers at once, by the setting's path", async () => {
  expect(await startWith('{"size": {"layers": 1000000000}}')).toMatchObject({
    code: "BAD_INPUT",
    path: "input.settings.size.layers",
  });
  expect((await server.ask("{ presets { name } }")).data).toEqual({
    presets: presets.map(({ name }) => ({ name })),
  });
});

test("pretrain refuses a model of a billion layers at once, by the setting's path", async () => {
  const query = `mutation ($id: ID!, $input: PretrainInput!) {
    pretrain(architectureId: $id, input: $input) { id }
  }`;
  for (const [name, value] of [
    ["layers", 1e9],
    ["hidden", 1e300],
    ["length", Number.MAX_SAFE_INTEGER],
  ] as const) {
    const variables = { id: architectureId, input: { settings: { size: { [name]: value } } } };
    expect(await refusal(JSON.stringify({ query, variables }))).toMatchObject({
      code: "BAD_INPUT",
      path: `input.settings.size.${name}`,
    });
  }
});

test.each([
  ["a list of 100,000 values", `{"tasks": [${"1,".repeat(99_999)}1]}`, "more than 1000 values"],
  ["900 unknown tasks", `{"tasks": [${"1,".repeat(899)}1]}`, "it must be one of"],
  ["a name of a field of 900,000 letters", `{"${"x".repeat(900_000)}": 1}`, "1000 characters"],
  ["text of 900,000 letters", `{"text": {"folder": "${"x".repeat(9e5)}"}}`, "1000 characters"],
  ["lists nested 400,000 levels deep", `{"masking": ${nested(400_000)}}`, "10 levels deep"],
  ["half a character", String.raw`{"text": {"folder": "\ud800"}}`, "half a character"],
])("startSearch refuses %s in few words", async (_what, settings, reason) => {
  const { code, message, issues, length } = await startWith(settings);
  expect(code).toBe("BAD_INPUT");
  expect(message).toContain(reason);
  expect(issues?.length).toBeLessThanOrEqual(20);
  expect(length).toBeLessThan(20_000);
});

test("startSearch refuses more candidates than GraphQL's Int can count", async () => {
  const most = { population: 10_000, parents: 1000, childrenPerParent: 1000, generations: 10_000 };
  expect(await startWith(JSON.stringify(most))).toMatchObject({
    code: "BAD_INPUT",
    path: "input.settings.generations",
  });
});

test("half a character in a name or a search is refused as bad input", async () => {
  const variables = { input: { preset: "smoke", name: "\ud800" } };
  expect(await refusal(JSON.stringify({ query: startSearch, variables }))).toMatchObject({
    code: "BAD_INPUT",
    path: "input.name",
  });
  const query = "query ($filter: RunFilter) { searchRuns(filter: $filter) { totalCount } }";
  const search = { filter: { search: "\ud800" } };
  expect(await refusal(JSON.stringify({ query, variables: search }))).toMatchObject({
    code: "BAD_INPUT",
    path: "filter.search",
  });
});

const rowId = "0199b1f0-0000-7000-8000-00000000dead";

test.each([
  ["a number for a date", ["createdAt", 12, rowId]],
  ["the year 0", ["createdAt", "0000-01-01T00:00:00Z", rowId]],
  ["a date of no calendar", ["createdAt", "2026-02-31T00:00:00Z", rowId]],
  ["an id that is none", ["createdAt", null, "x"]],
  ["600,000 levels of lists", null],
])("a cursor made up with %s is refused as bad input", async (_what, position) => {
  const json = position === null ? "[".repeat(600_000) : JSON.stringify(position);
  const after = Buffer.from(json).toString("base64url");
  const query = "query ($after: String) { searchRuns(after: $after) { edges { cursor } } }";
  expect(await refusal(JSON.stringify({ query, variables: { after } }))).toMatchObject({
    code: "BAD_INPUT",
    path: "after",
  });
});

test.each([
  ["SCORE", "a date", ["score", "2025-06-01T00:00:00Z", rowId]],
  ["SCORE", "text", ["score", "NaN", rowId]],
  ["SCORE", "too few values", ["score", 1]],
  ["STEP_TIME", "a list", ["stepRatio", [1], rowId]],
  ["CREATED_AT", "a number", ["createdAt", 7, rowId]],
  ["CREATED_AT", "a date of no calendar", ["createdAt", "2025-13-01T00:00:00Z", rowId]],
])("a leaderboard by %s refuses a cursor made up with %s", async (field, _what, position) => {
  const after = Buffer.from(JSON.stringify(position)).toString("base64url");
  const query = `query ($after: String) {
    leaderboard(after: $after, orderBy: { field: ${field}, direction: DESC }) { edges { cursor } }
  }`;
  expect(await refusal(JSON.stringify({ query, variables: { after } }))).toMatchObject({
    code: "BAD_INPUT",
    path: "after",
  });
});

test.each([
  ["an infinite number", '["score",1e400,"0199b1f0-0000-7000-8000-00000000dead"]'],
  ["bytes that are no UTF-8", "\xff\xfe"],
])("a cursor with %s is refused as bad input", async (_what, content) => {
  const after = Buffer.from(content, "latin1").toString("base64url");
  const query = "query ($after: String) { leaderboard(after: $after) { edges { cursor } } }";
  expect(await refusal(JSON.stringify({ query, variables: { after } }))).toMatchObject({
    code: "BAD_INPUT",
    path: "after",
  });
});

test("a filter by 100,000 statuses finds what a filter by each once finds", async () => {
  const query = "query ($filter: RunFilter) { searchRuns(filter: $filter) { totalCount } }";
  const status = Array.from({ length: 100_000 }, () => "RUNNING");
  const { data } = await server.ask(query, { filter: { status } });
  expect(data).toEqual((await server.ask(query, { filter: { status: ["RUNNING"] } })).data);
});

test.each([
  ["selections", `{ presets ${"{ name ".repeat(1_900)}${"}".repeat(1_900)} }`],
  ["a literal", `mutation { startSearch(input: { settings: ${nested(1_900)} }) { id } }`],
])("a document with %s nested 1,900 levels deep fails alone", async (_what, query) => {
  const { code, length } = await refusal(JSON.stringify({ query }));
  expect(code).toMatch(/^GRAPHQL_(PARSE|VALIDATION)_FAILED$/);
  expect(length).toBeLessThan(20_000);
  const client = webSocketClient(server.port);
  const refused = client.iterate({ query }).next();
  await expect(refused).rejects.toMatchObject([{ extensions: { code } }]);
  const answer = await client.iterate({ query: "{ presets { name } }" }).next();
  expect(answer.value).toHaveProperty("data");
  await client.dispose();
  expect(server.log.lines).toEqual([]);
});
