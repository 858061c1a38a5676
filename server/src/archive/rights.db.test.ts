import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { authSecret, bearer, keyOf, testAccount } from "../testing/accounts.js";
import { testServer } from "../testing/client.js";
import { archivedSearch, download, upload } from "./testing/archivedSearch.js";

const accounts = { mode: "accounts", secret: authSecret } as const;
const first = await testServer(await testDatabase(), accounts);
const second = await testServer(await testDatabase(), accounts);
afterAll(() => Promise.all([first.stop(), second.stop()]));

const ann = await testAccount(first, "ann", "RESEARCHER");
const bob = await testAccount(first, "bob", "RESEARCHER");
const cem = await testAccount(second, "cem", "RESEARCHER");
const dan = await testAccount(second, "dan", "RESEARCHER");
const eve = await testAccount(second, "eve", "VIEWER", cem.teamId);
let runId = "";
let archive: Buffer;

beforeAll(async () => {
  runId = await archivedSearch(first);
  const { database } = first.services;
  const data = { teamId: ann.teamId, ownerId: ann.id, idempotencyKey: `${ann.id} key` };
  await database.searchRun.update({ where: { id: runId }, data });
  archive = await download(first, runId, bearer(ann.key));
});

test("only those who see a run get its archive, which tells nothing of accounts and teams", async () => {
  await expect(download(first, runId)).rejects.toThrow("UNAUTHENTICATED");
  await expect(download(first, runId, bearer(bob.key))).rejects.toThrow("NOT_FOUND");
  const text = archive.toString("latin1");
  for (const secret of [ann.id, ann.teamId, ann.email]) expect(text).not.toContain(secret);
});

test("researchers import runs into a team of theirs, and nobody else does", async () => {
  const readOnly = await keyOf(second.services, cem.id, ["READ"]);
  const refused = [
    [{}, 401],
    [bearer(eve.key), 403],
    [bearer(readOnly), 403],
  ] as const;
  for (const [headers, status] of refused) {
    expect(await upload(second, archive, headers)).toMatchObject({ status });
  }
  const foreign = await fetch(`http://127.0.0.1:${second.port}/import/runs?team=${dan.teamId}`, {
    method: "POST",
    body: archive,
    headers: bearer(cem.key),
  });
  expect(await foreign.text()).toContain("none of yours");
  const { database } = second.services;
  expect(await database.searchRun.count()).toBe(0);
  expect(await upload(second, archive, bearer(cem.key))).toMatchObject({ status: 201 });
  const run = await database.searchRun.findUniqueOrThrow({ where: { id: runId } });
  expect(run).toMatchObject({ ownerId: cem.id, teamId: cem.teamId, idempotencyKey: null });
  const entries = await database.auditEntry.findMany({ orderBy: { time: "asc" } });
  expect(entries.map(({ action, outcome }) => [action, outcome])).toEqual([
    ["importRun", "BAD_INPUT"],
    ["importRun", "OK"],
  ]);
});

test("who sees no run learns of it no more than that its id is taken", async () => {
  const { status, answer } = await upload(second, archive, bearer(dan.key));
  expect(status).toBe(400);
  expect(JSON.stringify(answer)).toMatch(/here already, and none of your teams has it/);
  expect(JSON.stringify(answer)).not.toMatch(/run of seed/);
  const equal = await upload(second, archive, bearer(cem.key));
  expect(equal).toMatchObject({ status: 200, answer: { result: "EQUAL" } });
});
