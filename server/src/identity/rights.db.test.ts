import { randomUUID } from "node:crypto";
import { createApiKey, revokeApiKey, setDisabled, setRole } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askWith, authSecret, bearer, keyOf, testAccount } from "../testing/accounts.js";
import { Subscription, testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase(), { mode: "accounts", secret: authSecret });
afterAll(() => server.stop());
const { database } = server.services;
const driver = new SearchDriver(server.services);

const admin = await testAccount(server, "admin", "ADMIN");
const ann = await testAccount(server, "ann", "RESEARCHER");
const bob = await testAccount(server, "bob", "RESEARCHER");
const eve = await testAccount(server, "eve", "VIEWER", ann.teamId);

const ask = (key: string, query: string, variables?: Record<string, unknown>) =>
  askWith(server, bearer(key), query, variables);
const codes = (answer: { errors?: { extensions: { code: string } }[] | undefined }) =>
  answer.errors?.map(({ extensions }) => extensions.code) ?? [];

/** Ids of rows of Ann's team. */
const anns = { run: "", architecture: "", training: "" };

beforeAll(async () => {
  await driver.signIn();
  const run = await driver.startedRun();
  await database.searchRun.update({ where: { id: run.id }, data: { teamId: ann.teamId } });
  const [architecture = ""] = await driver.propose(run, 0);
  await driver.evaluate(run.id, architecture, 50);
  const pretrain = `mutation ($id: ID!) { pretrain(architectureId: $id, input: { seed: 1 }) { id } }`;
  const answer = await ask(ann.key, pretrain, { id: architecture });
  expect(codes(answer)).toEqual([]);
  const training = await database.pretraining.findFirstOrThrow();
  Object.assign(anns, { run: run.id, architecture, training: training.id });
});

/** Every operation that takes the id of a row, with the kind of row. */
const byId = [
  ["run", "query ($id: ID!) { searchRun(id: $id) { id } }"],
  ["run", "query ($id: ID!) { kernelsByDepth(runId: $id) { layer } }"],
  ["run", "query ($id: ID!) { operationPriorities(runId: $id) { operation } }"],
  ["architecture", "query ($id: ID!) { architecture(id: $id) { id } }"],
  ["training", "query ($id: ID!) { training(id: $id) { id } }"],
  ["run", "mutation ($id: ID!) { pauseSearch(id: $id) { id } }"],
  ["run", "mutation ($id: ID!) { resumeSearch(id: $id) { id } }"],
  ["run", "mutation ($id: ID!) { cancelSearch(id: $id) { id } }"],
  ["run", "mutation ($id: ID!) { extendSearch(id: $id, generations: 1) { id } }"],
  ["run", "mutation ($id: ID!) { archiveRun(id: $id) { id } }"],
  ["run", "mutation ($id: ID!) { deleteRun(id: $id) { id } }"],
  ["run", "mutation ($id: ID!) { restoreRun(id: $id) { id } }"],
  ["architecture", "mutation ($id: ID!) { pretrain(architectureId: $id, input: {}) { id } }"],
  ["training", "mutation ($id: ID!) { cancelTraining(id: $id) { id } }"],
  ["training", "mutation ($id: ID!) { resumeTraining(id: $id) { id } }"],
] as const;

test.each(byId)("another team's %s is as one that does not exist: %s", async (kind, query) => {
  const foreign = await ask(bob.key, query, { id: anns[kind] });
  const unknownId = randomUUID();
  const unknown = await ask(bob.key, query, { id: unknownId });
  const text = JSON.stringify(foreign);
  expect(text.replaceAll(anns[kind], unknownId)).toBe(JSON.stringify(unknown));
});

test("a member sees the rows of its team by id, and nothing was changed by others", async () => {
  const { data } = await ask(
    eve.key,
    `query ($run: ID!, $architecture: ID!, $training: ID!) {
      searchRun(id: $run) { id status } architecture(id: $architecture) { id }
      training(id: $training) { id status }
    }`,
    anns,
  );
  expect(data).toMatchObject({
    searchRun: { id: anns.run, status: "RUNNING" },
    architecture: { id: anns.architecture },
    training: { id: anns.training, status: "QUEUED" },
  });
});

const lists = `{
  searchRuns { totalCount edges { node { id } } }
  leaderboard { totalCount edges { node { id } } }
  paretoFront(x: PARAMS) { id }
  trainings { totalCount edges { node { id } } }
}`;

test("lists hold the rows of one's own teams, and count no others", async () => {
  const empty = { totalCount: 0, edges: [] };
  expect((await ask(bob.key, lists)).data).toEqual({
    searchRuns: empty,
    leaderboard: empty,
    paretoFront: [],
    trainings: empty,
  });
  const page = (id: string) => ({ totalCount: 1, edges: [{ node: { id } }] });
  const all = {
    searchRuns: page(anns.run),
    leaderboard: page(anns.architecture),
    paretoFront: [{ id: anns.architecture }],
    trainings: page(anns.training),
  };
  expect((await ask(eve.key, lists)).data).toEqual(all);
  expect((await ask(admin.key, lists)).data).toEqual(all);
});

test.each([
  ["run", "subscription ($id: ID!) { searchEvents(runId: $id) { seq } }"],
  ["training", "subscription ($id: ID!) { trainingMetrics(trainingId: $id) { step } }"],
] as const)("another team's %s cannot be subscribed to", async (kind, query) => {
  const { key } = bob;
  const watching = new Subscription(server.port, query, { id: anns[kind] }, `Bearer ${key}`);
  await watching.until(({ length }) => length === 1);
  expect(JSON.stringify(watching.messages)).toContain("NOT_FOUND");
  await watching.leave();
});

test("streams of changes tell nothing about other teams' rows", async () => {
  const streams = [
    "subscription { runsChanged { id } }",
    "subscription { leaderboardChanged { upserts { id } removed total } }",
  ];
  const watch = (key: string) =>
    streams.map((each) => new Subscription(server.port, each, {}, `Bearer ${key}`));
  const [bobs, eves] = [watch(bob.key), watch(eve.key)];
  await eves[1]?.until(({ length }) => length === 1);
  await bobs[1]?.until(({ length }) => length === 1);
  const ofBob = await driver.startedRun({}, 9);
  await database.searchRun.update({ where: { id: ofBob.id }, data: { teamId: bob.teamId } });
  const run = await database.searchRun.findUniqueOrThrow({ where: { id: anns.run } });
  const ids = await database.architecture.findMany({ where: { runId: run.id, score: null } });
  await driver.evaluate(run.id, ids[0]?.id ?? "", 70);
  // The search of Bob's own comes after Ann's result: what he got until then is all that he gets.
  const [own = ""] = await driver.propose(ofBob, 0);
  await driver.evaluate(ofBob.id, own, 40);
  const isIn = (text: string) => (messages: unknown[]) => JSON.stringify(messages).includes(text);
  await eves[1]?.until(isIn(ids[0]?.id ?? "none"));
  await bobs[1]?.until(isIn(own));
  await bobs[0]?.until(isIn(ofBob.id));
  const seen = JSON.stringify(bobs.map(({ messages }) => messages));
  expect(seen).not.toContain(run.id);
  for (const { id } of ids) expect(seen).not.toContain(id);
  expect(JSON.stringify(eves.map(({ messages }) => messages))).not.toContain(own);
  for (const each of [...bobs, ...eves]) await each.leave();
});

test("a viewer starts and changes nothing", async () => {
  const start = `mutation { startSearch(input: { preset: "smoke" }) { id } }`;
  const pause = `mutation ($id: ID!) { pauseSearch(id: $id) { id } }`;
  expect(codes(await ask(eve.key, start))).toEqual(["FORBIDDEN"]);
  expect(codes(await ask(eve.key, pause, { id: anns.run }))).toEqual(["FORBIDDEN"]);
});

test("a search belongs to the team of who starts it, and to none that is not one's own", async () => {
  const start = `mutation ($input: StartSearchInput!) { startSearch(input: $input) { id name } }`;
  const input = { preset: "smoke", seed: 3, name: "a secret name", idempotencyKey: "same" };
  const began = await ask(ann.key, start, { input });
  expect(codes(began)).toEqual([]);
  const run = await database.searchRun.findFirstOrThrow({ where: { name: "a secret name" } });
  expect(run).toMatchObject({ teamId: ann.teamId, ownerId: ann.id });
  // The same idempotency key of another account neither returns the run nor tells its name.
  const guessed = await ask(bob.key, start, { input: { ...input, name: "b", seed: 4 } });
  expect(codes(guessed)).toEqual([]);
  expect(JSON.stringify(guessed)).not.toContain("a secret name");
  const stolen = await ask(bob.key, start, { input: { preset: "smoke", teamId: ann.teamId } });
  expect(codes(stolen)).toEqual(["BAD_INPUT"]);
});

test("another team's text cannot be trained on", async () => {
  const assign = `mutation ($team: ID!) { assignText(name: "annsbooks", teamId: $team) }`;
  expect(codes(await ask(bob.key, assign, { team: bob.teamId }))).toEqual(["FORBIDDEN"]);
  expect(codes(await ask(admin.key, assign, { team: ann.teamId }))).toEqual([]);
  const start = `mutation ($text: JSON!) {
    startSearch(input: { preset: "smoke", settings: { text: $text } }) { id }
  }`;
  const text = { folder: "annsbooks/deep" };
  expect(codes(await ask(bob.key, start.replace("JSON!", "JSON"), { text }))).toEqual([
    "FORBIDDEN",
  ]);
  expect(codes(await ask(ann.key, start, { text }))).toEqual([]);
});

test("nobody becomes an administrator by itself", async () => {
  const promote = `mutation ($id: ID!) { setRole(userId: $id, role: ADMIN) { role } }`;
  expect(codes(await ask(bob.key, promote, { id: bob.id }))).toEqual(["FORBIDDEN"]);
  const add = `mutation ($team: ID!, $id: ID!) { addTeamMember(teamId: $team, userId: $id) { id } }`;
  expect(codes(await ask(bob.key, add, { team: ann.teamId, id: bob.id }))).toEqual(["FORBIDDEN"]);
  const key = `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }`;
  const input = { name: "x", scopes: ["ADMIN"], userId: admin.id };
  expect(codes(await ask(bob.key, key, { input }))).toEqual(["FORBIDDEN"]);
  const audit = `{ auditLog { totalCount } }`;
  expect(codes(await ask(bob.key, audit))).toEqual(["FORBIDDEN"]);
  expect((await database.user.findUniqueOrThrow({ where: { id: bob.id } })).role).toBe(
    "RESEARCHER",
  );
});

test("an API key can do what its scopes say and no more", async () => {
  const reading = await keyOf({ database }, ann.id, ["READ"]);
  const pause = `mutation ($id: ID!) { pauseSearch(id: $id) { id } }`;
  expect(codes(await ask(reading, lists))).toEqual([]);
  expect(codes(await ask(reading, pause, { id: anns.run }))).toEqual(["FORBIDDEN"]);
  const key = `mutation { createApiKey(input: { name: "x", scopes: [ADMIN] }) { secret } }`;
  expect(codes(await ask(reading, key))).toEqual(["FORBIDDEN"]);
  expect(codes(await ask(ann.key, key))).toEqual(["FORBIDDEN"]);
});

test("expired, revoked, unknown and missing keys are refused, and those of disabled accounts", async () => {
  const created = await createApiKey(database, {
    userId: ann.id,
    name: "short",
    scopes: ["READ"],
    expiresInDays: 1,
  });
  expect(codes(await ask(created.secret, lists))).toEqual([]);
  await database.$executeRaw`
    UPDATE "ApiKey" SET "expiresAt" = now() - interval '1 s' WHERE id = ${created.apiKey.id}::uuid`;
  const refused = ["UNAUTHENTICATED"];
  expect(codes(await ask(created.secret, lists))).toEqual(refused);
  expect(codes(await ask("opnas_unknown", lists))).toEqual(refused);
  expect(codes(await server.ask(lists))).toEqual(refused);
  const gone = await testAccount(server, "gone", "VIEWER");
  await setDisabled(database, gone.id, true);
  expect(codes(await ask(gone.key, lists))).toEqual(refused);
});

test.each(["revoked", "expired", "disabled"])(
  "an open connection ends when its key is %s",
  async (how) => {
    const dan = await testAccount(server, `dan-${how}`, "VIEWER");
    const query = "subscription { workersChanged { id } }";
    const watching = new Subscription(server.port, query, {}, `Bearer ${dan.key}`);
    await watching.until(({ length }) => length > 0);
    const { id } = await database.apiKey.findFirstOrThrow({ where: { userId: dan.id } });
    if (how === "revoked") await revokeApiKey(database, id, dan.id);
    else if (how === "disabled") await setDisabled(database, dan.id, true);
    else await database.$executeRaw`UPDATE "ApiKey" SET "expiresAt" = now() WHERE id = ${id}::uuid`;
    expect(await watching.ended()).toMatchObject({ code: 4401 });
    await watching.leave();
  },
);

test("an open connection ends when its account has another role, and is refused without a key", async () => {
  const fay = await testAccount(server, "fay", "RESEARCHER");
  const query = "subscription { workersChanged { id } }";
  const watching = new Subscription(server.port, query, {}, `Bearer ${fay.key}`);
  await watching.until(({ length }) => length > 0);
  await setRole(database, fay.id, "VIEWER");
  expect(await watching.ended()).toMatchObject({ code: 1012 });
  const stranger = new Subscription(server.port, query);
  expect(await stranger.ended()).toMatchObject({ code: 4401 });
});

test("the audit log has each mutation with its caller, row and outcome", async () => {
  const { data } = await ask(
    admin.key,
    `{ auditLog(first: 100) { edges { node { principalName action targetId outcome ipAddress } } } }`,
  );
  const log = JSON.stringify(data);
  const entry = (values: object) => JSON.stringify({ node: values });
  expect(log).toContain(
    entry({
      principalName: eve.email,
      action: "pauseSearch",
      targetId: anns.run,
      outcome: "FORBIDDEN",
      ipAddress: "127.0.0.1",
    }),
  );
  expect(log).toContain(
    entry({
      principalName: ann.email,
      action: "pretrain",
      targetId: anns.architecture,
      outcome: "OK",
      ipAddress: "127.0.0.1",
    }),
  );
});

test("metrics are for those who are known; health is for anybody", async () => {
  const get = (path: string, headers = {}) =>
    fetch(`http://127.0.0.1:${server.port}${path}`, { headers }).then(({ status }) => status);
  expect(await get("/metrics")).toBe(401);
  expect(await get("/metrics", bearer(eve.key))).toBe(200);
  expect(await get("/healthz")).toBe(200);
});
