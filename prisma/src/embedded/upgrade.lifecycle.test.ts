import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createClient } from "../client.js";
import { migrate } from "../migrate.js";
import { query } from "../testing/embedded.js";
import { openCluster, majorOf } from "./cluster.js";
import { startEmbeddedPostgres } from "./index.js";
import { olderBinaries } from "./olderBinaries.js";
import { serve, stop } from "./serving.js";
import { chooseUser, defaultHomeForRoot } from "./systemUser.js";

let folder: string;
const older = "17";
const place = () => path.join(folder, "cluster");
const asides = async () => (await readdir(folder)).filter((name) => name.startsWith("cluster"));
const storedRows = (url: string) =>
  query(url, `SELECT to_jsonb(r) AS row FROM "SearchRun" r ORDER BY id`);

let rows: unknown[];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "opnas-upgrade-"));
  await chmod(folder, 0o755);
  const user = await chooseUser(place());
  const programs = path.join(folder, "programs");
  const binaries = await olderBinaries(older, programs);
  const cluster = await openCluster(folder, user, defaultHomeForRoot, binaries, () => undefined);
  const log = path.join(folder, "postgres.log");
  const server = await serve(folder, cluster, log, undefined, () => undefined);
  try {
    await migrate(server.url);
    const db = createClient(server.url);
    const run = { seed: 1, preset: "smoke", strategy: "opnas", settings: { odd: 'ü "\n' } };
    const names = Array.from({ length: 1_500 }, (_, index) => `run ${index}`);
    await db.searchRun.createMany({ data: names.map((name) => ({ ...run, name })) });
    await db.$disconnect();
    rows = await storedRows(server.url);
  } finally {
    await stop(server);
  }
  await rm(programs, { recursive: true });
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a database of an older Postgres is carried over at the next start, and the old one kept for one start", async () => {
  expect(await majorOf(place())).toBe(older);
  // What an upgrade that was killed half way leaves is removed.
  await mkdir(path.join(folder, "upgrade", "cluster"), { recursive: true });
  const said: string[] = [];
  const first = await startEmbeddedPostgres({ folder, report: (line) => said.push(line) });
  expect(said.join()).toMatch(/carrying the database over from Postgres 17 to 18/);
  expect(await storedRows(first.url)).toEqual(rows);
  const major = "SELECT current_setting('server_version_num')::int / 10000 AS major";
  expect(await query(first.url, major)).toEqual([{ major: 18 }]);
  expect(await migrate(first.url)).toEqual([]);
  await first.stop();
  expect((await asides()).sort()).toEqual(["cluster", "cluster-17"]);

  const second = await startEmbeddedPostgres({ folder });
  expect(await storedRows(second.url)).toEqual(rows);
  await second.stop();
  expect(await asides()).toEqual(["cluster"]);
}, 120_000);

test("an upgrade that was killed before its last step is finished at the next start", async () => {
  const work = path.join(folder, "upgrade");
  await mkdir(work);
  await rename(place(), path.join(work, "cluster"));
  await writeFile(path.join(work, "ready"), "");
  const server = await startEmbeddedPostgres({ folder });
  expect(await storedRows(server.url)).toEqual(rows);
  await server.stop();
  expect((await readdir(folder)).includes("upgrade")).toBe(false);
}, 60_000);

test("data of a newer Postgres, or of one that cannot be had, is refused as it is", async () => {
  for (const major of ["99", "9"]) {
    await writeFile(path.join(place(), "PG_VERSION"), `${major}\n`);
    await expect(startEmbeddedPostgres({ folder })).rejects.toMatchObject({ code: "BAD_SETTING" });
    expect(await majorOf(place())).toBe(major);
  }
});
