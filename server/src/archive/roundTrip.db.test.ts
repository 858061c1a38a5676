import { archivedTables, queues } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { testServer, type TestServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";
import { archivedSearch, download, upload } from "./testing/archivedSearch.js";
import { unpacked } from "./testing/unpacked.js";

const first = await testServer(await testDatabase());
const second = await testServer(await testDatabase());
afterAll(() => Promise.all([first.stop(), second.stop()]));
let runId = "";
let archive: Buffer;

beforeAll(async () => {
  runId = await archivedSearch(first);
  archive = await download(first, runId);
});

const row = z.record(z.string(), z.unknown());
const textOf = (name: string, of = archive) => unpacked(of).get(`run/${name}`)?.toString() ?? "";
const jsonOf = (name: string, of = archive) => row.parse(JSON.parse(textOf(name, of)));

/** Reads what a person sees of a run: the leaderboard with its details, the run and its events. */
async function shown(server: TestServer): Promise<unknown> {
  return server.read(
    z.unknown(),
    `query ($id: ID!) {
      leaderboard(filter: { runId: $id }) { edges { node {
        id name key score stability params flops stepSeconds stepRatio mutation tags note json createdAt
        parent { id } evaluations { taskScores { task score } heldOutLoss engine } } } }
      searchRun(id: $id) { id name status seed typedSettings { population } progress { fraction } tags note createdAt
        bestArchitecture { id } generations { index bestScore meanScore } }
    }`,
    { id: runId },
  );
}

test("a search that is imported elsewhere is shown as where it came from, and archived again it is the same bytes", async () => {
  const { status, answer } = await upload(second, archive);
  expect({ status, answer }).toMatchObject({
    status: 201,
    answer: { result: "IMPORTED", run: { id: runId, status: "DONE", visibility: "CURRENT" } },
  });
  expect(answer).toMatchObject({ ignored: [], rows: jsonOf("manifest.json")["rows"] });
  expect(await shown(second)).toEqual(await shown(first));
  const again = await download(second, runId);
  const [before, after] = [unpacked(archive), unpacked(again)];
  expect([...after.keys()]).toEqual([...before.keys()]);
  for (const [name, content] of before) {
    if (name !== "run/manifest.json") expect([name, after.get(name)]).toEqual([name, content]);
  }
  // It says when and where the archive was made.
  const own = { madeAt: null, database: null };
  expect({ ...jsonOf("manifest.json", again), ...own }).toEqual({
    ...jsonOf("manifest.json"),
    ...own,
  });
  for (const server of [first, second]) {
    expect(await upload(server, again)).toMatchObject({ status: 200, answer: { result: "EQUAL" } });
  }
  expect(second.log.lines).toEqual([]);
});

test("an archive has rows of every table, and none is empty", () => {
  for (const { file } of archivedTables) expect([file, textOf(file)]).not.toEqual([file, ""]);
  const files = ["run/README.md", "run/run.json", "run/settings.json"];
  expect([...unpacked(archive).keys()].slice(0, 3)).toEqual(files);
  expect([...unpacked(archive).keys()].at(-1)).toBe("run/manifest.json");
  expect(textOf("trainings.jsonl")).not.toContain("/data/");
  expect(archive.toString("latin1")).not.toContain("a key");
});

test("a run that is searching comes in as cancelled and can go on", async () => {
  const driver = new SearchDriver(first.services);
  const { id } = await driver.startedRun({ population: 3 });
  await driver.propose({ ...(await run(first, id)) }, 0);
  const open = await download(first, id);
  await upload(second, open);
  const imported = await run(second, id);
  expect(imported).toMatchObject({ status: "CANCELLED", phase: "SEARCHING" });
  const origin = `{ searchRun(id: "${id}") { origin { status program madeAt importedAt } } }`;
  const { data } = await second.ask(origin);
  expect(data).toMatchObject({ searchRun: { origin: { status: "RUNNING", program: "0.1.0" } } });
  expect(await first.ask(origin)).toEqual({ data: { searchRun: { origin: null } } });
  const { database } = second.services;
  const last = { runId_seq: { runId: id, seq: imported.lastSeq } };
  expect(await database.runEvent.findUniqueOrThrow({ where: last })).toMatchObject({
    kind: "run.status",
    payload: { status: "CANCELLED" },
  });
  expect(await upload(second, open)).toMatchObject({ answer: { result: "EQUAL" } });
  const { errors } = await second.ask(`mutation { resumeSearch(id: "${id}") { id status } }`);
  expect(errors).toBeUndefined();
  expect((await second.services.queue.findJobs(queues.trainer)).length).toBeGreaterThan(0);
});

async function run({ services: { database } }: TestServer, id: string) {
  return database.searchRun.findUniqueOrThrow({ where: { id } });
}
