import { once } from "node:events";
import { type ClientRequest, IncomingMessage, request } from "node:http";
import { testDatabase } from "@opnas/prisma/testing";
import { parse } from "csv-parse/sync";
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { eventually, testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());
const { database } = server.services;
const driver = new SearchDriver(server.services);
const base = `http://127.0.0.1:${server.port}/export`;
const hostileName = '=HYPERLINK("http://x.example","a"),\r\n@b';
let runId = "";
let ids: string[] = [];

beforeAll(async () => {
  await driver.signIn();
  const run = await driver.startedRun({ population: 5 });
  runId = run.id;
  ids = await driver.propose(run, 0, true);
  for (const [index, id] of ids.slice(0, 4).entries()) {
    await driver.evaluate(run.id, id, 50 + index / 3, index === 0 ? "DIVERGED" : "STABLE");
  }
  await database.searchRun.update({ where: { id: runId }, data: { name: hostileName } });
  const archived = await driver.startedRun({}, 8);
  await database.searchRun.update({ where: { id: archived.id }, data: { archivedAt: new Date() } });
});

const row = z.record(z.string(), z.unknown());

async function download(path: string): Promise<Response> {
  const response = await fetch(`${base}/${path}`);
  expect(response.status).toBe(200);
  return response;
}

/** Downloads a table in every format and reads each with a reader of its own. */
async function everyFormat(path: string, query = "") {
  const csv: unknown = parse(await (await download(`${path}.csv${query}`)).text(), {
    columns: true,
  });
  const lines = (await (await download(`${path}.jsonl${query}`)).text()).split("\n");
  const file = await (await download(`${path}.parquet${query}`)).arrayBuffer();
  return {
    csv: z.array(z.record(z.string(), z.string())).parse(csv),
    jsonl: lines.slice(0, -1).map((line) => row.parse(JSON.parse(line))),
    parquet: z.array(row).parse(await parquetReadObjects({ file })),
  };
}

const filter = (value: unknown) => `?filter=${encodeURIComponent(JSON.stringify(value))}`;

test("the leaderboard is the same in every format, and what the query of GraphQL lists", async () => {
  const { csv, jsonl, parquet } = await everyFormat("leaderboard", filter({ stableOnly: true }));
  const form = z.object({
    leaderboard: z.object({ edges: z.array(z.object({ node: row })) }),
  });
  const { leaderboard } = await server.read(
    form,
    `{ leaderboard(filter: { stableOnly: true }) {
      edges { node { id name score stability params json createdAt } } } }`,
  );
  const nodes = leaderboard.edges.map(({ node }) => node);
  expect(nodes).toHaveLength(3);
  expect(jsonl).toMatchObject(nodes);
  expect(jsonl[0]).toMatchObject({ runId, runName: hostileName, generation: 0, reference: null });
  const shownIn = ({ json, createdAt, ...rest }: Record<string, unknown>) => ({
    ...rest,
    json: JSON.stringify(json),
    createdAt: new Date(String(createdAt)),
  });
  const unspaced = (each: Record<string, unknown>) => ({
    ...each,
    json: JSON.stringify(JSON.parse(String(each["json"]))),
  });
  expect(parquet.map(unspaced)).toMatchObject(nodes.map(shownIn));
  expect(csv.map((each) => Number(each["score"]))).toEqual(nodes.map(({ score }) => score));
  expect(csv.map((each) => each["createdAt"])).toEqual(nodes.map(({ createdAt }) => createdAt));
});

test("a cell of CSV cannot run as a formula in a spreadsheet, nor end its cell or line", async () => {
  const { csv, jsonl } = await everyFormat("leaderboard");
  expect(csv.map(({ runName }) => runName)).toEqual(Array(4).fill(`'${hostileName}`));
  expect(jsonl.map(({ runName }) => runName)).toEqual(Array(4).fill(hostileName));
});

test("runs are listed as their filter says, archived ones when they are asked for", async () => {
  const current = await everyFormat("runs");
  expect(current.jsonl).toMatchObject([
    { id: runId, seed: 7, archivedAt: null, settings: { population: 5 } },
  ]);
  expect(current.parquet).toMatchObject([{ id: runId, seed: 7, archivedAt: null }]);
  expect(current.csv).toMatchObject([{ id: runId, seed: "7", archivedAt: "" }]);
  const archived = await everyFormat("runs", filter({ visibility: ["ARCHIVED"] }));
  expect(archived.jsonl).toMatchObject([{ seed: 8 }]);
});

test("a run's candidates and events are whole and in order", async () => {
  const candidates = await everyFormat(`runs/${runId}/candidates`);
  expect(candidates.jsonl.slice(0, 5).map(({ id }) => id)).toEqual(ids);
  expect(candidates.jsonl.at(-1)?.["reference"]).toBeTypeOf("string");
  expect(candidates.jsonl[0]).toMatchObject({ stability: "DIVERGED", heldOutLoss: 5.5 });
  expect(candidates.parquet).toHaveLength(candidates.jsonl.length);
  const { lastSeq } = await database.searchRun.findUniqueOrThrow({ where: { id: runId } });
  const events = await everyFormat(`runs/${runId}/events`);
  const seqs = Array.from({ length: lastSeq }, (_, index) => index + 1);
  expect(events.jsonl.map(({ seq }) => seq)).toEqual(seqs);
  expect(events.parquet.map(({ seq }) => seq)).toEqual(seqs);
  const newer = await everyFormat(`runs/${runId}/events`, `?after=${lastSeq - 2}&limit=1`);
  expect(newer.jsonl).toMatchObject([{ seq: lastSeq - 1, runId }]);
});

test("an empty table is a file of its format all the same", async () => {
  const { csv, jsonl, parquet } = await everyFormat("leaderboard", filter({ preset: "none" }));
  expect({ csv, jsonl, parquet }).toEqual({ csv: [], jsonl: [], parquet: [] });
});

test("HEAD tells the name and type of a file without making it", async () => {
  const response = await fetch(`${base}/runs/${runId}/events.parquet`, { method: "HEAD" });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/vnd.apache.parquet");
  expect(response.headers.get("content-disposition")).toBe(
    `attachment; filename="opnas-run-${runId}-events.parquet"`,
  );
  expect(await response.text()).toBe("");
});

test("what cannot be exported is told by a code and a sentence", async () => {
  const deep = `${'{"a":'.repeat(500)}1${"}".repeat(500)}`;
  const cases: [path: string, status: number, code: string][] = [
    ["leaderboard.csv?filter=stable", 400, "BAD_INPUT"],
    [`leaderboard.csv${filter({ stable: true })}`, 400, "BAD_INPUT"],
    [`leaderboard.csv${filter({ kind: "attention" })}`, 400, "BAD_INPUT"],
    [`leaderboard.csv${filter({ runId: "' OR 1=1" })}`, 400, "BAD_INPUT"],
    [`leaderboard.csv${filter({ search: "\0" })}`, 400, "BAD_INPUT"],
    [`leaderboard.csv${filter({ search: "\ud800" })}`, 400, "BAD_INPUT"],
    [`leaderboard.csv${filter([1])}`, 400, "BAD_INPUT"],
    [`leaderboard.csv?filter=${encodeURIComponent(deep)}`, 400, "BAD_INPUT"],
    ["leaderboard.csv?filter={}&filter={}", 400, "BAD_INPUT"],
    ["leaderboard.csv?filter[a]=1", 400, "BAD_INPUT"],
    ["leaderboard.csv?order=score", 400, "BAD_INPUT"],
    ["leaderboard.csv?after=3", 400, "BAD_INPUT"],
    ["leaderboard.csv?limit=0", 400, "BAD_INPUT"],
    ["leaderboard.csv?limit=1e9", 400, "BAD_INPUT"],
    [`runs.csv${filter({ status: ["GONE"] })}`, 400, "BAD_INPUT"],
    ["leaderboard.xlsx", 404, "NOT_FOUND"],
    ["leaderboard.constructor", 404, "NOT_FOUND"],
    ["runs/7/events.csv", 404, "NOT_FOUND"],
    [`runs/${ids[0] ?? ""}/candidates.csv`, 404, "NOT_FOUND"],
    ["nothing.csv", 404, "NOT_FOUND"],
    ["runs/%ff/events.csv", 400, "BAD_INPUT"],
  ];
  const form = z.object({
    errors: z.tuple([
      z.object({ message: z.string().min(15), extensions: z.looseObject({ code: z.string() }) }),
    ]),
  });
  for (const [path, status, code] of cases) {
    const response = await fetch(`${base}/${path}`);
    const answer = form.parse(await response.json());
    expect([path, response.status, answer.errors[0].extensions.code]).toEqual([path, status, code]);
  }
  expect(server.log.lines).toEqual([]);
});

test("exports wait for slow readers, 20 at most, and end when their readers leave", async () => {
  await database.$executeRaw`
    INSERT INTO "RunEvent" ("runId", seq, kind, payload)
    SELECT ${runId}::uuid, 1000 + n, 'candidate.started', jsonb_build_object('note', repeat('x', 2000))
      FROM generate_series(1, 8000) n`;
  const path = `${base}/runs/${runId}/events.jsonl`;
  const readers = await Promise.all(Array.from({ length: 20 }, () => slowReader(path)));
  await eventually(async () => {
    const rows = await database.$queryRaw<{ busy: number }[]>`
      SELECT count(*)::int AS busy FROM pg_stat_activity
       WHERE application_name = 'opnas-export' AND datname = current_database() AND state <> 'idle'`;
    return rows[0]?.busy === 0;
  });
  const refused = await fetch(path);
  expect(refused.status).toBe(503);
  expect(await refused.text()).toContain("20 exports are under way");
  for (const reader of readers) reader.destroy();
  await eventually(async () => (await fetch(`${path}?limit=1`)).ok);
  expect(server.log.lines).toEqual([]);
});

/** Begins a download and takes nothing more of it than its beginning. */
async function slowReader(path: string): Promise<ClientRequest> {
  const asking = request(path);
  asking.end();
  const answer = z.instanceof(IncomingMessage).parse((await once(asking, "response"))[0]);
  expect(answer.statusCode).toBe(200);
  return asking;
}
