import { createTeam, invite } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import { askWith, authSecret, bearer, password, testAccount } from "../testing/accounts.js";
import { type Answer, testServer } from "../testing/client.js";

const server = await testServer(await testDatabase(), { mode: "accounts", secret: authSecret });
afterAll(() => server.stop());
const { database } = server.services;
const admin = await testAccount(server, "admin", "ADMIN");

const ask = (query: string, variables: Record<string, unknown>) =>
  askWith(server, bearer(admin.key), query, variables);
const outcome = ({ errors }: Answer) =>
  errors?.map(({ extensions, message }) => `${extensions.code}: ${message}`).join() ?? "OK";

const oddNames: Record<string, string> = {
  "a lone surrogate": "half \ud83d of it",
  "an ANSI escape": "\u001b[31mred\u001b[0m",
  "a bell": "ding\u0007",
  "a line break": "two\nlines",
  "a NUL character": "nothing\u0000more",
  "an override of the direction": "safe\u202egnp.exe",
  "10,000 characters": "x".repeat(10_000),
  "blanks only": "   ",
};

/** Every operation about accounts and teams that takes a name, by its field. */
const takers: Record<string, string> = {
  createTeam: "mutation ($name: String!, $team: ID!) { createTeam(name: $name) { id } }",
  renameTeam:
    "mutation ($name: String!, $team: ID!) { renameTeam(teamId: $team, name: $name) { id } }",
  renameAccount: "mutation ($name: String!, $team: ID!) { renameAccount(name: $name) { id } }",
  createApiKey: `mutation ($name: String!, $team: ID!) {
    createApiKey(input: { name: $name, scopes: [READ] }) { secret } }`,
  inviteMember: `mutation ($name: String!, $team: ID!) {
    inviteMember(input: { email: $name, role: VIEWER, teamId: $team }) { link } }`,
  createUser: `mutation ($name: String!, $team: ID!) {
    createUser(input: { email: "odd@example.org", name: $name, password: "${password}",
      role: VIEWER, teamId: $team }) { id } }`,
  acceptInvitation: `mutation ($name: String!, $team: ID!) {
    acceptInvitation(input: { secret: "none", name: $name, password: "${password}" }) { id } }`,
  createView: `mutation ($name: String!, $team: ID!) {
    createView(input: { name: $name, list: RUNS, teamId: $team }) { id } }`,
};

/** Everything that the operations above could store. */
const stored = async () =>
  JSON.stringify([
    await database.team.findMany({ orderBy: { id: "asc" } }),
    await database.user.findMany({ select: { email: true, name: true }, orderBy: { id: "asc" } }),
    await database.apiKey.count(),
    await database.invitation.count(),
    await database.savedView.count(),
  ]);

test.each(Object.entries(takers))(
  "%s refuses odd names in a short sentence and stores nothing",
  async (_field, query) => {
    const before = await stored();
    // Declared by all, so that one set of variables fits: an unused variable is no valid operation.
    const operation = query.includes("teamId") ? query : query.replace(", $team: ID!", "");
    for (const [what, name] of Object.entries(oddNames)) {
      const told = outcome(await ask(operation, { name, team: admin.teamId }));
      expect(told, what).toMatch(/^BAD_INPUT: [\w.]+ cannot be used: it .+\.$/);
      expect(told.length, what).toBeLessThan(200);
    }
    expect(await stored()).toBe(before);
  },
);

test("odd ids are ids of nothing, and are not repeated at length", async () => {
  for (const [what, id] of Object.entries(oddNames)) {
    for (const query of [
      'mutation ($id: ID!) { renameTeam(teamId: $id, name: "x") { id } }',
      "mutation ($id: ID!) { deleteTeam(teamId: $id) }",
      "mutation ($id: ID!) { leaveTeam(teamId: $id) }",
      "mutation ($id: ID!) { withdrawInvitation(id: $id) { id } }",
    ]) {
      const told = outcome(await ask(query, { id }));
      expect(told, what).toContain("NOT_FOUND: There is no ");
      expect(told.length, what).toBeLessThan(200);
    }
  }
});

test("of two who take one name at once, one has it and the other is told", async () => {
  const [one, two] = [await createTeam(database, "one"), await createTeam(database, "two")];
  for (let round = 0; round < 5; round++) {
    const name = `wanted ${String(round)}`;
    const rename =
      "mutation ($id: ID!, $name: String!) { renameTeam(teamId: $id, name: $name) { id } }";
    const create = "mutation ($name: String!) { createTeam(name: $name) { id } }";
    const outcomes = await Promise.all([
      ask(rename, { id: one.id, name }),
      ask(rename, { id: two.id, name }),
      ask(create, { name }),
    ]);
    const taken = `BAD_INPUT: There is a team ${name} already: choose another name.`;
    expect(outcomes.map(outcome).sort()).toEqual([taken, taken, "OK"]);
  }
});

test("of two invitations of one person, accepted at once, one makes the account", async () => {
  const accept = `mutation ($input: AcceptInvitationInput!) {
    acceptInvitation(input: $input) { email } }`;
  for (let round = 0; round < 3; round++) {
    const email = `twice${String(round)}@example.org`;
    const person = { email, role: "VIEWER", teamId: admin.teamId } as const;
    const made = await Promise.all([invite(database, person), invite(database, person)]);
    const outcomes = await Promise.all(
      made.map(({ secret }) => ask(accept, { input: { secret, name: "Guest", password } })),
    );
    const told = "BAD_INPUT: This address has an account already.";
    expect(outcomes.map(outcome).sort()).toEqual([told, "OK"]);
    expect(await database.user.count({ where: { email } })).toBe(1);
    // What one invitation made, the other one does not change, and a third is refused.
    const again = `mutation ($email: String!) {
      inviteMember(input: { email: $email, role: ADMIN }) { link } }`;
    expect(outcome(await ask(again, { email }))).toContain("WRONG_STATE");
  }
});

test("nothing of this was an internal error", () => {
  expect(server.log.lines.filter((line) => /INTERNAL|error/i.test(line))).toEqual([]);
});
