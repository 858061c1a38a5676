import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { type ArchiveSource, createTeam, deleteTeam, loadRun } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { authSecret, bearer, testAccount } from "../testing/accounts.js";
import { testServer } from "../testing/client.js";
import { archivedSearch, download, upload } from "./testing/archivedSearch.js";
import { unpacked } from "./testing/unpacked.js";

const first = await testServer(await testDatabase());
const databaseUrl = await testDatabase();
const second = await testServer(databaseUrl, { mode: "accounts", secret: authSecret });
afterAll(() => Promise.all([first.stop(), second.stop()]));

const { database } = second.services;
const ann = await testAccount(second, "ann", "RESEARCHER");
let runId = "";
let archive: Buffer;

beforeAll(async () => {
  runId = await archivedSearch(first);
  archive = await download(first, runId);
});

/** Asks the database again and again until it says yes. */
async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 20));
}

test("an archive for a team that is deleted while it is received leaves nothing", async () => {
  const other = await createTeam(database, "the other team of ann");
  const data = { teamId: other.id, userId: ann.id };
  await database.teamMember.create({ data });
  const sending = request({
    port: second.port,
    path: `/import/runs?team=${other.id}`,
    method: "POST",
    headers: { ...bearer(ann.key), "content-length": archive.length },
  });
  const answered = new Promise<{ status: number | undefined; answer: string }>(
    (resolve, reject) => {
      sending.once("error", reject);
      sending.once("response", (response) => {
        text(response).then(
          (answer) => resolve({ status: response.statusCode, answer }),
          (error: unknown) => reject(new Error("The answer broke off.", { cause: error })),
        );
      });
    },
  );
  sending.write(archive.subarray(0, 100));
  // Its rights are checked, and the rest is on its way.
  await until(
    async () => (await database.auditEntry.count({ where: { action: "importRun" } })) > 0,
  );
  await deleteTeam(database, other.id, null);
  sending.end(archive.subarray(100));
  const { status, answer } = await answered;
  expect(answer).toContain("was deleted while the archive was received. Nothing was imported");
  expect(status).toBe(404);
  expect(await database.searchRun.count()).toBe(0);
  expect(await database.worker.count()).toBe(0);
  const own = await upload(second, archive, bearer(ann.key));
  expect(own).toMatchObject({ status: 201 });
});

test("a team that is deleted while its archive is stored takes the run along", async () => {
  const [old, heir] = [await createTeam(database, "old"), await createTeam(database, "heir")];
  await database.searchRun.delete({ where: { id: runId } });
  const files = unpacked(archive);
  const textOf = (name: string) => files.get(`run/${name}`)?.toString() ?? "";
  const source: ArchiveSource = {
    text: (name) => Promise.resolve(textOf(name)),
    lines: (name) => Readable.from(textOf(name).trim().split("\n")),
  };
  let deleting: Promise<unknown> = Promise.resolve();
  const origin = { digest: "", database: randomUUID(), program: "0.1.0", status: "DONE" };
  const madeAt = new Date().toISOString();
  await loadRun(databaseUrl, source, {
    runId,
    teamId: old.id,
    ownerId: ann.id,
    origin: { ...origin, madeAt, importedAt: madeAt },
    superNetStore: null,
    storeAddress: "/artifacts",
    storeFiles: async () => {
      deleting = deleteTeam(database, old.id, heir.id);
      await until(async () => {
        const waiting = await database.$queryRaw<unknown[]>`
          SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
        return waiting.length > 0;
      });
    },
  });
  await deleting;
  const run = await database.searchRun.findUniqueOrThrow({ where: { id: runId } });
  expect(run.teamId).toBe(heir.id);
  expect(await database.team.count({ where: { id: old.id } })).toBe(0);
});
