import { randomUUID } from "node:crypto";
import { bertLayer } from "@opnas/core";
import {
  createApiKey,
  createTeam,
  defaultTeamId,
  ofPresentTeam,
  resultsOfModel,
  saveView,
  storeModel,
} from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { askWith, authSecret, bearer, keyOf, password, testAccount } from "../testing/accounts.js";
import { Subscription, testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase(), { mode: "accounts", secret: authSecret });
afterAll(() => server.stop());
const { database } = server.services;
const driver = new SearchDriver(server.services);
beforeAll(() => driver.signIn());

const admin = await testAccount(server, "admin", "ADMIN");
const ann = await testAccount(server, "ann", "RESEARCHER");
const bob = await testAccount(server, "bob", "RESEARCHER");
const eve = await testAccount(server, "eve", "VIEWER", ann.teamId);

const ask = (key: string, query: string, variables?: Record<string, unknown>) =>
  askWith(server, bearer(key), query, variables);
const outcome = ({ errors }: Awaited<ReturnType<typeof ask>>) =>
  errors?.map(({ extensions, message }) => `${extensions.code}: ${message}`).join() ?? "OK";

const rename =
  "mutation ($team: ID!, $name: String!) { renameTeam(teamId: $team, name: $name) { name } }";
const remove = "mutation ($team: ID!, $to: ID) { deleteTeam(teamId: $team, transferTo: $to) }";
const leave = "mutation ($team: ID!) { leaveTeam(teamId: $team) }";
const withdraw = "mutation ($id: ID!) { withdrawInvitation(id: $id) { email } }";

/** Invites an address to Ann's team and returns the invitation's id and the secret of its link. */
async function invited(email: string): Promise<{ id: string; secret: string }> {
  const { data } = await ask(
    admin.key,
    `mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { link invitation { id } } }`,
    { input: { email, role: "VIEWER", teamId: ann.teamId } },
  );
  const { inviteMember } = z
    .object({
      inviteMember: z.object({ link: z.string(), invitation: z.object({ id: z.string() }) }),
    })
    .parse(data);
  return { id: inviteMember.invitation.id, secret: inviteMember.link.split("=")[1] ?? "" };
}

const accept = (secret: string) =>
  askWith(
    server,
    {},
    "mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { email } }",
    { input: { secret, name: "Guest", password } },
  );

/** Stores a reference model of a team; `letter` tells its weights. */
function storedModel(teamId: string, letter: string, task: string, value: number) {
  const size = { layers: 1, hidden: 8, heads: 1, vocabulary: 9, length: 8, rawKernels: false };
  const result = { benchmark: "GLUE", task, set: null, metric: "accuracy", value };
  const json = { version: 1, layers: [bertLayer] };
  const checksum = letter.repeat(64);
  return storeModel(database, { teamId, name: "BERT", checksum, json, size, results: [result] });
}

/** Stores a run of a team, with one architecture that was scored. */
async function storedRun(teamId: string, seed: number) {
  const run = await driver.startedRun({}, seed);
  await database.searchRun.update({ where: { id: run.id }, data: { teamId } });
  const [architecture = ""] = await driver.propose(run, 0);
  await driver.evaluate(run.id, architecture, 50);
  return { id: run.id, architecture };
}

test("lets nobody but administrators withdraw, rename and delete, nor a key that is weak or over", async () => {
  const { id } = await invited("wanted@example.org");
  const short = await createApiKey(database, {
    userId: admin.id,
    name: "short",
    scopes: ["READ", "WRITE", "ADMIN"],
    expiresInDays: 1,
  });
  await database.$executeRaw`
    UPDATE "ApiKey" SET "expiresAt" = now() - interval '1 s' WHERE id = ${short.apiKey.id}::uuid`;
  const attackers = [
    { key: ann.key, code: "FORBIDDEN" },
    { key: bob.key, code: "FORBIDDEN" },
    { key: eve.key, code: "FORBIDDEN" },
    { key: await keyOf({ database }, admin.id, ["READ", "WRITE"]), code: "FORBIDDEN" },
    { key: short.secret, code: "UNAUTHENTICATED" },
    { key: "opnas_unknown", code: "UNAUTHENTICATED" },
  ];
  const before = await database.team.findMany({ orderBy: { id: "asc" } });
  for (const { key, code } of attackers) {
    const team = ann.teamId;
    expect(outcome(await ask(key, withdraw, { id }))).toContain(code);
    expect(outcome(await ask(key, rename, { team, name: "Mine" }))).toContain(code);
    expect(outcome(await ask(key, remove, { team, to: bob.teamId }))).toContain(code);
  }
  expect(await database.team.findMany({ orderBy: { id: "asc" } })).toEqual(before);
  expect(await database.invitation.count({ where: { id } })).toBe(1);
});

test("lets a member leave its own team only, and another team be as one that does not exist", async () => {
  const fay = await testAccount(server, "fay", "VIEWER", ann.teamId);
  const foreign = outcome(await ask(fay.key, leave, { team: bob.teamId }));
  const unknownId = randomUUID();
  expect(foreign.replace(bob.teamId, unknownId)).toBe(
    outcome(await ask(fay.key, leave, { team: unknownId })),
  );
  expect(foreign).toContain("NOT_FOUND");
  const reading = await keyOf({ database }, fay.id, ["READ", "WRITE"]);
  expect(outcome(await ask(reading, leave, { team: ann.teamId }))).toContain("FORBIDDEN");
  expect((await ask(fay.key, "{ teams { id } }")).data).toEqual({ teams: [{ id: ann.teamId }] });

  const query = "subscription { workersChanged { id } }";
  const watching = new Subscription(server.port, query, {}, `Bearer ${fay.key}`);
  await watching.until(({ length }) => length > 0);
  expect(outcome(await ask(fay.key, leave, { team: ann.teamId }))).toBe("OK");
  expect(await watching.ended()).toMatchObject({ code: 1012 });
  expect((await ask(fay.key, "{ teams { id } }")).data).toEqual({ teams: [] });
});

test("makes the link of a withdrawn invitation worth nothing", async () => {
  const { id, secret } = await invited("gone@example.org");
  expect((await ask(admin.key, withdraw, { id })).data).toEqual({
    withdrawInvitation: { email: "gone@example.org" },
  });
  expect(outcome(await accept(secret))).toContain("NOT_FOUND: This invitation is not valid");
  expect(await database.user.count({ where: { email: "gone@example.org" } })).toBe(0);
  expect(outcome(await ask(admin.key, withdraw, { id }))).toBe(
    `NOT_FOUND: There is no invitation ${id}.`,
  );
  const used = await invited("came@example.org");
  expect(outcome(await accept(used.secret))).toBe("OK");
  expect(outcome(await ask(admin.key, withdraw, { id: used.id }))).toContain("WRONG_STATE: came@");
});

test("lets one of an acceptance and a withdrawal at once have its way", async () => {
  for (let round = 0; round < 5; round++) {
    const email = `race${String(round)}@example.org`;
    const { id, secret } = await invited(email);
    const [taken, withdrawn] = await Promise.all([
      accept(secret),
      ask(admin.key, withdraw, { id }),
    ]);
    expect([outcome(taken), outcome(withdrawn)].filter((each) => each === "OK")).toHaveLength(1);
    const accounts = await database.user.count({ where: { email } });
    expect(accounts).toBe(outcome(taken) === "OK" ? 1 : 0);
  }
});

test("gives a team a name that no other one has", async () => {
  const team = (await createTeam(database, "Night shift")).id;
  expect((await ask(admin.key, rename, { team, name: " Day shift " })).data).toEqual({
    renameTeam: { name: "Day shift" },
  });
  const taken = await ask(admin.key, rename, { team, name: "Everyone" });
  expect(outcome(taken)).toBe("BAD_INPUT: There is a team Everyone already: choose another name.");
  const unknown = await ask(admin.key, rename, { team: randomUUID(), name: "X" });
  expect(outcome(unknown)).toContain("NOT_FOUND");
  const everyone = await ask(admin.key, rename, { team: defaultTeamId, name: "All of us" });
  expect(outcome(everyone)).toBe("OK");
});

test("keeps a team that owns runs, texts or models until another one takes them, deleted runs included", async () => {
  const old = await testAccount(server, "old", "RESEARCHER");
  const run = await storedRun(old.teamId, 21);
  const gone = await storedRun(old.teamId, 22);
  await database.searchRun.update({ where: { id: gone.id }, data: { deletedAt: new Date() } });
  await database.ownText.create({ data: { name: "oldbooks", teamId: old.teamId } });
  await database.webhook.create({
    data: { kind: "SLACK", target: "https://x.test/", teamId: old.teamId, events: [] },
  });
  const team = old.teamId;
  await storedModel(team, "a", "RTE", 60);
  await storedModel(team, "b", "RTE", 61);
  await storedModel(bob.teamId, "b", "CoLA", 50);
  const board = `query ($team: ID!) {
    leaderboard(filter: { teamId: $team }) { totalCount edges { node { id } } }
    paretoFront(x: PARAMS, filter: { teamId: $team }) { id }
  }`;
  const empty = { leaderboard: { totalCount: 0, edges: [] }, paretoFront: [] };
  expect((await ask(bob.key, board, { team: bob.teamId })).data).toEqual(empty);

  const refused = outcome(await ask(admin.key, remove, { team }));
  expect(refused).toContain(
    "WRONG_STATE: team of old owns 2 runs and 1 text and 2 reference models",
  );
  expect(outcome(await ask(admin.key, remove, { team, to: team }))).toContain("BAD_INPUT");
  expect(outcome(await ask(admin.key, remove, { team, to: randomUUID() }))).toContain("NOT_FOUND");
  expect(outcome(await ask(admin.key, remove, { team: defaultTeamId }))).toContain("WRONG_STATE");
  expect(await database.searchRun.count({ where: { teamId: team } })).toBe(2);

  const watched = "subscription { runsChanged { id } }";
  const watching = new Subscription(server.port, watched, {}, `Bearer ${bob.key}`);
  await watching.until((messages) => messages.length === 0);
  expect(outcome(await ask(admin.key, remove, { team, to: bob.teamId.toUpperCase() }))).toBe("OK");
  await watching.until((messages) => JSON.stringify(messages).includes(run.id));
  await watching.leave();

  expect((await ask(bob.key, board, { team: bob.teamId })).data).toEqual({
    leaderboard: { totalCount: 1, edges: [{ node: { id: run.architecture } }] },
    paretoFront: [{ id: run.architecture }],
  });
  const look = "query ($id: ID!) { searchRun(id: $id) { id } }";
  expect((await ask(old.key, look, { id: run.id })).data).toEqual({ searchRun: null });
  expect(await database.searchRun.count({ where: { teamId: bob.teamId } })).toBe(2);
  expect(await database.ownText.findMany()).toEqual([{ name: "oldbooks", teamId: bob.teamId }]);
  const models = await database.referenceModel.findMany({ orderBy: { checksum: "asc" } });
  expect(models.map(({ teamId }) => teamId)).toEqual([bob.teamId, bob.teamId]);
  const results = models.map((model) => resultsOfModel(model).map(({ task }) => task));
  expect(results).toEqual([["RTE"], ["RTE", "CoLA"]]);
  expect(await database.webhook.count()).toBe(0);
  const edited = await database.runEvent.findMany({ where: { kind: "run.edited" } });
  expect(edited.map(({ payload }) => payload)).toEqual([
    { changed: ["team"] },
    { changed: ["team"] },
  ]);
});

test("deletes an empty team with the memberships and invitations of it", async () => {
  const dan = await testAccount(server, "dan", "VIEWER");
  const { id, secret } = await invited("late@example.org");
  await database.invitation.update({ where: { id }, data: { teamId: dan.teamId } });
  expect(outcome(await ask(admin.key, remove, { team: dan.teamId }))).toBe("OK");
  expect((await ask(dan.key, "{ teams { id } }")).data).toEqual({ teams: [] });
  expect(outcome(await accept(secret))).toContain("NOT_FOUND");
  expect(outcome(await ask(admin.key, remove, { team: dan.teamId }))).toContain("NOT_FOUND");
});

test("answers whoever uses a team while it is deleted with a sentence, and loses no run", async () => {
  const start = `mutation ($team: ID!) {
    startSearch(input: { preset: "smoke", seed: 5, teamId: $team }) { id }
  }`;
  const invite = `mutation ($team: ID!, $email: String!) {
    inviteMember(input: { email: $email, role: VIEWER, teamId: $team }) { link }
  }`;
  const add = `mutation ($team: ID!, $id: ID!) { addTeamMember(teamId: $team, userId: $id) { id } }`;
  const assign = `mutation ($team: ID!) { assignText(name: "booksofmany", teamId: $team) }`;
  const view = `mutation ($team: ID!) {
    createView(input: { name: "v", list: RUNS, teamId: $team }) { id }
  }`;
  for (let round = 0; round < 6; round++) {
    const team = (await createTeam(database, `short-lived ${String(round)}`)).id;
    const outcomes = (
      await Promise.all([
        ask(admin.key, start, { team }),
        ask(admin.key, invite, { team, email: `r${String(round)}@example.org` }),
        ask(admin.key, add, { team, id: eve.id }),
        ask(admin.key, assign, { team }),
        ask(admin.key, view, { team }),
        ask(admin.key, remove, { team, to: bob.teamId }),
      ])
    ).map(outcome);
    expect(outcomes.at(-1)).toBe("OK");
    for (const each of outcomes) expect(each).toMatch(/^(OK$|NOT_FOUND|BAD_INPUT)/);
    expect(await database.team.count({ where: { id: team } })).toBe(0);
  }
  const owners = await database.searchRun.findMany({
    where: { seed: 5 },
    select: { teamId: true },
  });
  expect(new Set(owners.map(({ teamId }) => teamId)).size).toBeLessThanOrEqual(1);
});

test("finds that a team is gone where it was there a moment before", async () => {
  const teamId = randomUUID();
  const gone = { code: "NOT_FOUND", message: `There is no team ${teamId}.` };
  const view = { name: "v", list: "RUNS" as const, query: "", columns: [] };
  const ordered = { ...view, orderBy: null, direction: null };
  await expect(saveView(database, { teamId, userId: null }, ordered)).rejects.toMatchObject(gone);
  const join = () => database.$executeRaw`
    INSERT INTO "TeamMember" ("teamId", "userId") VALUES (${teamId}::uuid, ${eve.id}::uuid)`;
  await expect(ofPresentTeam(teamId, join)).rejects.toMatchObject(gone);
});

test("lets two deletions that name each other end", async () => {
  const [one, two] = [await createTeam(database, "one"), await createTeam(database, "two")];
  const outcomes = await Promise.all([
    ask(admin.key, remove, { team: one.id, to: two.id }),
    ask(admin.key, remove, { team: two.id, to: one.id }),
  ]);
  expect(
    outcomes
      .map(outcome)
      .map((each) => each.slice(0, 9))
      .sort(),
  ).toEqual(["NOT_FOUND", "OK"]);
});

test("records each in the audit log, with the row that it was about", async () => {
  const entries = await database.auditEntry.findMany({
    select: { principalName: true, action: true, targetId: true, outcome: true },
  });
  const of = (action: string) => entries.filter((entry) => entry.action === action);
  for (const action of ["renameTeam", "deleteTeam", "leaveTeam", "withdrawInvitation"]) {
    expect(of(action).length).toBeGreaterThan(0);
    expect(of(action).filter(({ targetId }) => targetId === null)).toEqual([]);
  }
  expect(of("deleteTeam")).toContainEqual({
    principalName: eve.email,
    action: "deleteTeam",
    targetId: ann.teamId,
    outcome: "FORBIDDEN",
  });
  const made = of("inviteMember").filter(({ outcome: ended }) => ended === "OK");
  expect(made.filter(({ targetId }) => targetId === null)).toEqual([]);
});
