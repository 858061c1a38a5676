import { randomUUID } from "node:crypto";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { askWith, authSecret, bearer, keyOf, testAccount } from "../testing/accounts.js";
import { type Answer, testServer } from "../testing/client.js";

const server = await testServer(await testDatabase(), { mode: "accounts", secret: authSecret });
const local = await testServer(await testDatabase());
afterAll(async () => {
  await server.stop();
  await local.stop();
});

const admin = await testAccount(server, "admin", "ADMIN");
const ann = await testAccount(server, "ann", "RESEARCHER");
const eve = await testAccount(server, "eve", "VIEWER", ann.teamId);
const bob = await testAccount(server, "bob", "RESEARCHER");

const fields = `id name list query columns teamId
  architectureOrder { field direction } runOrder { field direction }`;
const create = `mutation ($input: CreateViewInput!) { createView(input: $input) { ${fields} } }`;
const rename = "mutation ($id: ID!, $name: String!) { renameView(id: $id, name: $name) { name } }";
const update = `mutation ($id: ID!, $input: UpdateViewInput!) {
  updateView(id: $id, input: $input) { ${fields} }
}`;
const remove = "mutation ($id: ID!) { deleteView(id: $id) }";

const ask = (key: string, query: string, variables?: Record<string, unknown>) =>
  askWith(server, bearer(key), query, variables);
const codeOf = ({ errors }: Answer) => errors?.[0]?.extensions.code ?? "OK";

const created = z.object({ createView: z.looseObject({ id: z.string() }) });
const save = async (key: string, input: Record<string, unknown>) =>
  created.parse((await ask(key, create, { input })).data).createView;

async function names(key: string, list?: string): Promise<string[]> {
  const { data } = await ask(key, "query ($list: ViewList) { savedViews(list: $list) { name } }", {
    list,
  });
  const form = z.object({ savedViews: z.array(z.object({ name: z.string() })) });
  return form.parse(data).savedViews.map(({ name }) => name);
}

test("a view is saved with its filter, order and columns, and listed by its name", async () => {
  const best = await save(ann.key, {
    name: "best",
    list: "LEADERBOARD",
    query: "score > 55 and owner = me",
    architectureOrder: { field: "PARAMS", direction: "ASC" },
    columns: ["name", "score"],
  });
  expect(best).toMatchObject({
    name: "best",
    list: "LEADERBOARD",
    query: "score > 55 and owner = me",
    columns: ["name", "score"],
    teamId: null,
    architectureOrder: { field: "PARAMS", direction: "ASC" },
    runOrder: null,
  });
  const runs = await save(ann.key, {
    name: "a list",
    list: "RUNS",
    runOrder: { field: "BEST_SCORE", direction: "DESC" },
  });
  expect(runs).toMatchObject({
    query: "",
    columns: [],
    architectureOrder: null,
    runOrder: { field: "BEST_SCORE", direction: "DESC" },
  });
  expect(await names(ann.key)).toEqual(["a list", "best"]);
  expect(await names(ann.key, "RUNS")).toEqual(["a list"]);
  expect(codeOf(await ask(ann.key, rename, { id: runs.id, name: "zeta" }))).toBe("OK");
  expect(await names(ann.key)).toEqual(["best", "zeta"]);
  expect(codeOf(await ask(ann.key, remove, { id: runs.id }))).toBe("OK");
  expect(codeOf(await ask(ann.key, remove, { id: runs.id }))).toBe("NOT_FOUND");
  expect(await names(ann.key)).toEqual(["best"]);
});

test("a name is used once by each holder, and others may use it, too", async () => {
  const input = { name: "same", list: "RUNS" };
  await save(ann.key, input);
  const { id } = await save(ann.key, { ...input, name: "other" });
  expect(codeOf(await ask(ann.key, create, { input }))).toBe("BAD_INPUT");
  expect(codeOf(await ask(ann.key, rename, { id, name: "same" }))).toBe("BAD_INPUT");
  await save(ann.key, { ...input, teamId: ann.teamId });
  expect(codeOf(await ask(ann.key, create, { input: { ...input, teamId: ann.teamId } }))).toBe(
    "BAD_INPUT",
  );
  await save(bob.key, input);
  expect((await names(ann.key)).filter((name) => name === "same")).toHaveLength(2);
});

test("one's own views are nobody else's, and a team's are its members'", async () => {
  const { id: own } = await save(ann.key, { name: "secret", list: "RUNS" });
  const { id: teams } = await save(ann.key, { name: "ours", list: "RUNS", teamId: ann.teamId });
  expect(await names(eve.key)).toContain("ours");
  expect(await names(eve.key)).not.toContain("secret");
  expect(await names(bob.key)).not.toContain("ours");
  expect(await names(admin.key)).toContain("ours");
  expect(await names(admin.key)).not.toContain("secret");
  for (const key of [bob.key, eve.key, admin.key]) {
    expect(codeOf(await ask(key, remove, { id: own }))).toBe("NOT_FOUND");
    expect(codeOf(await ask(key, rename, { id: own, name: "mine" }))).toBe("NOT_FOUND");
  }
  expect(codeOf(await ask(bob.key, remove, { id: teams }))).toBe("NOT_FOUND");
  expect(codeOf(await ask(bob.key, remove, { id: randomUUID() }))).toBe("NOT_FOUND");
  expect(codeOf(await ask(bob.key, remove, { id: "x" }))).toBe("NOT_FOUND");
  // A viewer sees the team's view and changes none, but has views of its own.
  expect(codeOf(await ask(eve.key, remove, { id: teams }))).toBe("FORBIDDEN");
  expect(codeOf(await ask(eve.key, rename, { id: teams, name: "x" }))).toBe("FORBIDDEN");
  const forTeam = { input: { name: "eve's", list: "RUNS", teamId: ann.teamId } };
  expect(codeOf(await ask(eve.key, create, forTeam))).toBe("FORBIDDEN");
  const { id } = await save(eve.key, { name: "eve's", list: "RUNS" });
  expect(codeOf(await ask(eve.key, remove, { id }))).toBe("OK");
  const foreign = { input: { name: "spy", list: "RUNS", teamId: bob.teamId } };
  expect(codeOf(await ask(ann.key, create, foreign))).toBe("BAD_INPUT");
  const reading = await keyOf(server.services, ann.id, ["READ"]);
  expect(codeOf(await ask(reading, remove, { id: own }))).toBe("FORBIDDEN");
  expect(codeOf(await ask(admin.key, remove, { id: teams }))).toBe("OK");
  expect(codeOf(await ask(ann.key, remove, { id: own }))).toBe("OK");
});

test("a view's filter, order, columns and name are changed, each by itself", async () => {
  const made = await save(ann.key, {
    name: "to change",
    list: "LEADERBOARD",
    query: "score > 55",
    architectureOrder: { field: "PARAMS", direction: "ASC" },
    columns: ["name"],
  });
  const changed = async (input: Record<string, unknown>) => {
    const { data } = await ask(ann.key, update, { id: made.id, input });
    return z.object({ updateView: z.unknown() }).parse(data).updateView;
  };
  expect(await changed({})).toEqual(made);
  const filtered = { ...made, query: "score > 60 and owner = me" };
  expect(await changed({ query: "score > 60 and owner = me" })).toEqual(filtered);
  const order = { field: "SCORE", direction: "DESC" };
  const ordered = { ...filtered, architectureOrder: order, columns: ["name", "score"] };
  expect(await changed({ architectureOrder: order, columns: ["name", "score"] })).toEqual(ordered);
  expect(await changed({ name: "changed" })).toEqual({ ...ordered, name: "changed" });
  const usual = { query: null, architectureOrder: null, columns: null };
  expect(await changed(usual)).toEqual({
    ...made,
    name: "changed",
    query: "",
    architectureOrder: null,
    columns: [],
  });
});

test("a view is changed by those who may, to what its list takes", async () => {
  const { id } = await save(ann.key, { name: "runs of ann", list: "RUNS", query: "seed = 1" });
  const team = { name: "runs of a team", list: "RUNS", teamId: ann.teamId };
  const { id: teams } = await save(ann.key, team);
  const code = async (key: string, view: string, input: Record<string, unknown>) =>
    codeOf(await ask(key, update, { id: view, input }));
  for (const key of [bob.key, eve.key, admin.key]) {
    expect(await code(key, id, { query: "seed = 2" })).toBe("NOT_FOUND");
  }
  expect(await code(bob.key, teams, { query: "seed = 2" })).toBe("NOT_FOUND");
  expect(await code(eve.key, teams, { query: "seed = 2" })).toBe("FORBIDDEN");
  expect(await code(admin.key, teams, { query: "seed = 2" })).toBe("OK");
  for (const input of [
    { name: "" },
    { name: "runs of ann\u001b" },
    { query: "score > 5 and" },
    { query: "layer.kernel = 3" },
    { architectureOrder: { field: "SCORE", direction: "ASC" } },
    { columns: [""] },
  ]) {
    expect({ input, code: await code(ann.key, id, input) }).toEqual({ input, code: "BAD_INPUT" });
  }
  await save(ann.key, { name: "taken", list: "RUNS" });
  expect(await code(ann.key, id, { name: "taken" })).toBe("BAD_INPUT");
  expect(await code(ann.key, id, { name: "runs of ann" })).toBe("OK");
});

test("what a list would refuse is refused, with the place of the fault", async () => {
  const { errors } = await ask(ann.key, create, {
    input: { name: "bad", list: "RUNS", query: "sed = 3" },
  });
  expect(errors?.[0]).toMatchObject({
    message: "input.query cannot be used: at character 1, sed is no field; did you mean seed.",
    extensions: { code: "BAD_INPUT", filter: { position: 0, length: 3, nearest: ["seed"] } },
  });
  for (const input of [
    { name: "", list: "RUNS" },
    { name: "a\u001b[2J", list: "RUNS" },
    { name: "x".repeat(101), list: "RUNS" },
    { name: "x", list: "RUNS", query: "layer.kernel = 3" },
    { name: "x", list: "RUNS", architectureOrder: { field: "SCORE", direction: "ASC" } },
    { name: "x", list: "LEADERBOARD", runOrder: { field: "CREATED_AT", direction: "ASC" } },
    { name: "x", list: "RUNS", columns: Array.from({ length: 51 }, () => "a") },
    { name: "x", list: "RUNS", columns: [""] },
    { name: "x", list: "RUNS", teamId: "x" },
  ]) {
    expect({ input, code: codeOf(await ask(ann.key, create, { input })) }).toEqual({
      input,
      code: "BAD_INPUT",
    });
  }
});

test("views end with their account or team, and number 200 at most", async () => {
  const { database } = server.services;
  const dan = await testAccount(server, "dan", "RESEARCHER");
  const view = { list: "RUNS" as const, query: "" };
  await database.savedView.createMany({
    data: Array.from({ length: 200 }, (_, index) => ({
      ...view,
      name: `view ${index}`,
      holder: `user:${dan.id}`,
      userId: dan.id,
    })),
  });
  expect(codeOf(await ask(dan.key, create, { input: { name: "one more", list: "RUNS" } }))).toBe(
    "BAD_INPUT",
  );
  await save(dan.key, { name: "the team's", list: "RUNS", teamId: dan.teamId });
  await database.user.delete({ where: { id: dan.id } });
  expect(await database.savedView.count({ where: { userId: dan.id } })).toBe(0);
  await database.team.delete({ where: { id: dan.teamId } });
  expect(await database.savedView.count({ where: { teamId: dan.teamId } })).toBe(0);
});

test("the machine's owner has views without an account", async () => {
  const input = { name: "mine", list: "LEADERBOARD", query: "owner = me" };
  expect(codeOf(await local.ask(create, { input }))).toBe("OK");
  expect(codeOf(await local.ask(create, { input }))).toBe("BAD_INPUT");
  const { data } = await local.ask("{ savedViews { id name } }");
  const form = z.object({
    savedViews: z.array(z.object({ id: z.string(), name: z.string() })).length(1),
  });
  const [view] = form.parse(data).savedViews;
  expect(view?.name).toBe("mine");
  expect(codeOf(await local.ask(remove, { id: view?.id }))).toBe("OK");
});
