import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { askWith, authSecret, bearer, signIn, testAccount } from "../testing/accounts.js";
import { testServer } from "../testing/client.js";

const server = await testServer(await testDatabase(), { mode: "accounts", secret: authSecret });
afterAll(() => server.stop());
const { database } = server.services;
const ann = await testAccount(server, "ann", "VIEWER");
const admin = await testAccount(server, "admin", "ADMIN");

async function signedIn(email: string): Promise<{ cookie: string }> {
  const cookie = await signIn(server, email);
  if (cookie === null) throw new Error("Signing in was refused.");
  return { cookie };
}

const sessionsForm = z.object({
  sessions: z.array(z.object({ id: z.string(), current: z.boolean(), userAgent: z.string() })),
});
async function sessionsOf(headers: { cookie: string }) {
  const answer = await askWith(server, headers, "{ sessions { id current userAgent } }");
  return sessionsForm.parse(answer.data).sessions;
}

test("a person sees the own sessions, and ends one of another browser, but none of others", async () => {
  const here = await signedIn(ann.email);
  const there = await signedIn(ann.email);
  const others = await signedIn(admin.email);
  const sessions = await sessionsOf(here);
  expect(sessions.map(({ current }) => current).sort()).toEqual([false, true]);
  const [away] = sessions.filter(({ current }) => !current);
  const end = "mutation ($id: ID!) { endSession(id: $id) { current } }";
  const refused = await askWith(server, others, end, { id: away?.id });
  expect(refused.errors?.map(({ extensions }) => extensions.code)).toEqual(["NOT_FOUND"]);
  expect(await askWith(server, here, end, { id: away?.id })).toEqual({
    data: { endSession: { current: false } },
  });
  expect((await askWith(server, there, "{ viewer { name } }")).data).toEqual({ viewer: null });
  expect(await sessionsOf(here)).toHaveLength(1);
});

test("the viewer's account has its name, which its owner changes by the API alone", async () => {
  const headers = await signedIn(ann.email);
  const rename = "mutation ($name: String!) { renameAccount(name: $name) { name } }";
  const bad = await askWith(server, headers, rename, { name: "a\u001b[2Jb" });
  expect(bad.errors?.[0]?.message).toMatch(/name cannot be used: it contains a control character/);
  await askWith(server, headers, rename, { name: " Ann the First " });
  expect((await askWith(server, headers, "{ viewer { account { name email } } }")).data).toEqual({
    viewer: { account: { name: "Ann the First", email: ann.email } },
  });
  const origin = `http://127.0.0.1:${server.port}`;
  const around = await fetch(`${origin}/auth/update-user`, {
    method: "POST",
    headers: { ...headers, origin, "content-type": "application/json" },
    body: JSON.stringify({ name: "a\u001b[2Jb" }),
  });
  expect(around.status).toBe(404);
});

test("the audit log is filtered by mutation, caller and outcome, also as a file for administrators", async () => {
  const headers = bearer(ann.key);
  await askWith(server, headers, `mutation { createTeam(name: "no") { id } }`);
  const log = `query ($filter: AuditFilter) { auditLog(filter: $filter) { edges { node { action principalName outcome } } } }`;
  const read = async (filter: object) => {
    const { data } = await askWith(server, bearer(admin.key), log, { filter });
    const form = z.object({
      auditLog: z.object({ edges: z.array(z.object({ node: z.unknown() })) }),
    });
    return form.parse(data).auditLog.edges.map(({ node }) => node);
  };
  const refused = { action: "createTeam", principalName: ann.email, outcome: "FORBIDDEN" };
  expect(await read({ action: "TEAM" })).toEqual([refused]);
  expect(await read({ caller: "ann@", failed: true, action: "createT" })).toEqual([refused]);
  expect(await read({ action: "createTeam", failed: false })).toEqual([]);
  expect(await read({ action: "%" })).toEqual([]);

  const url = (filter: object) =>
    `http://127.0.0.1:${server.port}/export/audit.jsonl?filter=${encodeURIComponent(JSON.stringify(filter))}`;
  expect((await fetch(url({}), { headers })).status).toBe(403);
  const file = await fetch(url({ action: "team" }), { headers: bearer(admin.key) });
  expect(JSON.parse(await file.text())).toMatchObject(refused);
  const all = await fetch(url({}), { headers: bearer(admin.key) });
  expect((await all.text()).trim().split("\n")).toHaveLength(await database.auditEntry.count());
});

test("a filter's fields are described, with the values that are known", async () => {
  const { data } = await askWith(
    server,
    bearer(ann.key),
    `{ filterFields(list: LEADERBOARD) { name values choices comparisons alone } }`,
  );
  const form = z.object({ filterFields: z.array(z.looseObject({ name: z.string() })) });
  const { filterFields } = form.parse(data);
  expect(filterFields.find(({ name }) => name === "stability")).toEqual({
    name: "stability",
    values: "one of stable, no-learning, diverged",
    choices: ["stable", "no-learning", "diverged"],
    comparisons: ["=", "!="],
    alone: true,
  });
});
