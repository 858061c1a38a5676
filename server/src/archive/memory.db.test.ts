import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createClient } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testServer } from "../testing/client.js";
import { heapMegabytes, type SmallServer, smallServer } from "../testing/smallServer.js";
import { archivedSearch } from "./testing/archivedSearch.js";

/** Rows of about 8 KB each, together more than the heap. */
const rows = 24_000;

const databaseUrls = [await testDatabase(), await testDatabase()] as const;
const servers: SmallServer[] = [];
let folder = "";
let runId = "";

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "opnas-archive-memory-"));
  const preparing = await testServer(databaseUrls[0]);
  runId = await archivedSearch(preparing);
  // Texts that gzip makes less than a hundred times smaller.
  await preparing.services.database.$executeRaw`
    WITH added AS (
      INSERT INTO "RunEvent" ("runId", seq, kind, payload)
      SELECT ${runId}::uuid, 1000 + n, 'candidate.started',
             jsonb_build_object('note', repeat(md5(n::text) || md5((-n)::text), 125))
        FROM generate_series(1, ${rows}::int) n RETURNING seq)
    UPDATE "SearchRun" SET "lastSeq" = (SELECT max(seq) FROM added) WHERE id = ${runId}::uuid`;
  await preparing.stop();
  for (const each of databaseUrls) servers.push(await smallServer(each));
}, 240_000);
afterAll(async () => {
  for (const { child } of servers) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

test("a search passes through processes whose heap could not hold it", async () => {
  const [first, second] = servers;
  const file = path.join(folder, "run.opnas");
  const sent = await fetch(`http://127.0.0.1:${first?.port ?? 0}/export/runs/${runId}/archive`);
  expect(sent.status).toBe(200);
  if (sent.body !== null) await pipeline(sent.body, createWriteStream(file));
  const answer = await fetch(`http://127.0.0.1:${second?.port ?? 0}/import/runs`, {
    method: "POST",
    body: Readable.toWeb(createReadStream(file)),
    duplex: "half",
  });
  expect(answer.status).toBe(201);
  for (const { child } of servers) expect(child.exitCode).toBeNull();
  const database = createClient(databaseUrls[1], 1);
  try {
    const stored = await database.$queryRaw`
      SELECT count(*)::int AS rows, sum(length(payload::text)) > ${heapMegabytes * 1e6} AS "isMore"
        FROM "RunEvent" WHERE seq > 1000`;
    expect(stored).toEqual([{ rows, isMore: true }]);
  } finally {
    await database.$disconnect();
  }
}, 240_000);
