import { testDatabase } from "@opnas/prisma/testing";
import { parquetMetadata } from "hyparquet";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";
import { heapMegabytes, type SmallServer, smallServer } from "../testing/smallServer.js";

/** Rows of about 8 KB each, together more than the heap. */
const rows = 24_000;

const databaseUrl = await testDatabase();
const partForm = z.instanceof(Uint8Array).optional();
let server: SmallServer | undefined;
let base = "";
let runId = "";

beforeAll(async () => {
  const preparing = await testServer(databaseUrl);
  const { database } = preparing.services;
  const driver = new SearchDriver(preparing.services);
  await driver.signIn();
  const run = await driver.startedRun();
  runId = run.id;
  await database.$executeRaw`
    INSERT INTO "RunEvent" ("runId", seq, kind, payload)
    SELECT ${run.id}::uuid, 1000 + n, 'candidate.started', jsonb_build_object('note', repeat('x', 8000))
      FROM generate_series(1, ${rows}::int) n`;
  await preparing.stop();
  server = await smallServer(databaseUrl);
  base = `http://127.0.0.1:${server.port}/export`;
}, 240_000);
afterAll(() => void server?.child.kill("SIGKILL"));

/** Counts the lines of a download, of which it keeps none, and its bytes. */
async function sizeOf(path: string): Promise<{ lines: number; bytes: number }> {
  const { body } = await fetch(`${base}/${path}`);
  let lines = 0;
  let bytes = 0;
  const reader = body?.getReader();
  for (;;) {
    const part = partForm.parse((await reader?.read())?.value);
    if (part === undefined) return { lines, bytes };
    bytes += part.length;
    for (let at = part.indexOf(10); at >= 0; at = part.indexOf(10, at + 1)) lines += 1;
  }
}

test("many rows pass through a process whose heap could not hold them", async () => {
  const events = `runs/${runId}/events`;
  const csv = await sizeOf(`${events}.csv?after=1000`);
  expect(csv.lines).toBe(rows + 1);
  expect(csv.bytes).toBeGreaterThan(heapMegabytes * 1e6);
  const parquet = await (await fetch(`${base}/${events}.parquet?after=1000`)).arrayBuffer();
  expect(parquetMetadata(parquet).num_rows).toBe(BigInt(rows));
  expect(server?.child.exitCode).toBeNull();
}, 240_000);
