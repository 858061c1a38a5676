import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { FolderStore } from "@opnas/artifacts";
import {
  changeRunState,
  createClient,
  type Database,
  openPool,
  openQueue,
  type Queue,
  reportWorker,
  restoreLostJobs,
} from "@opnas/prisma";
import { RunMaker, testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { restoreBackup, verifyBackup } from "./read.js";
import { writeBackup } from "./write.js";

const url = await testDatabase();
const workerId = "0199b1f0-0000-7000-8000-000000000001";
let folder: string;
const at = (...names: string[]) => path.join(folder, ...names);
const filesOf = (dataFolder: string) => ({
  store: new FolderStore(path.join(dataFolder, "artifacts"), "artifacts"),
  dataFolder,
  textFolder: path.join(dataFolder, "text"),
});

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "opnas-backup-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs `act` with the client and the queue of a platform that works on the database. */
async function withPlatform<T>(act: (db: Database, queue: Queue) => Promise<T>): Promise<T> {
  const db = createClient(url);
  const onError = (error: Error) => {
    throw error;
  };
  const queue = await openQueue(url, { supervise: false, onError });
  try {
    return await act(db, queue);
  } finally {
    await queue.stop({ graceful: false });
    await db.$disconnect();
  }
}

async function query<Row extends object>(sql: string): Promise<Row[]> {
  const pool = openPool(url, "test", 1);
  try {
    return (await pool.query<Row>(sql)).rows;
  } finally {
    await pool.end();
  }
}

/** Reads every row of every table of the platform as JSON. */
async function allRows(): Promise<Record<string, unknown[]>> {
  const tables = await query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
  );
  const rows = tables.map(async ({ name }): Promise<[string, unknown[]]> => [
    name,
    await query(`SELECT to_jsonb(t) AS row FROM "${name}" t ORDER BY t::text`),
  ]);
  return Object.fromEntries(await Promise.all(rows));
}

async function keys(): Promise<unknown[]> {
  return query(`SELECT conname, pg_get_constraintdef(oid) AS definition FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace ORDER BY conname`);
}

/** Hashes every file below the folder `data`. */
async function allFiles(): Promise<Record<string, string>> {
  const names = await readdir(at("data"), { recursive: true });
  const hashes: Record<string, string> = {};
  for (const name of names.sort()) {
    if (!(await stat(at("data", name))).isFile()) continue;
    hashes[name] = createHash("sha256")
      .update(await readFile(at("data", name)))
      .digest("hex");
  }
  return hashes;
}

async function write(name: string, content: string | Buffer): Promise<void> {
  await mkdir(path.dirname(at("data", name)), { recursive: true });
  await writeFile(at("data", name), content);
}

async function destroy(): Promise<void> {
  await query("DROP SCHEMA public CASCADE; DROP SCHEMA pgboss CASCADE; CREATE SCHEMA public");
  await rm(at("data"), { recursive: true });
}

test("what was backed up beside a running platform is restored exactly, and its open work goes on", async () => {
  const { runId, open } = await withPlatform(async (db, queue) => {
    const maker = new RunMaker(db, queue, workerId);
    await reportWorker(db, {
      id: workerId,
      name: 'odd, "quoted" \\ name\nof (two) lines ü 𝛼',
      engine: "wasm",
      engineReasons: ["", "null", "{a,b}"],
      threads: 1,
      slots: 1,
      status: "idle",
      currentJobs: [],
    });
    const { runId, ids } = await maker.searchingRun(["a", "b"]);
    const [first = "", open = ""] = ids;
    await maker.evaluate(runId, first, 100 / 3);
    await db.architecture.update({ where: { id: first }, data: { parentId: open } });
    const ended = await maker.searchingRun(["c"]);
    await changeRunState(db, queue, ended.runId, "cancel");
    await write(`artifacts/${runId}/super-net.1.safetensors`, Buffer.alloc(300_000, 7));
    await write(`artifacts/${runId}/checkpoints/${open}/3.1.safetensors`, "checkpoint");
    await write(`artifacts/${runId}/super-net.2.safetensors.${runId}.tmp`, "a draft");
    await write("artifacts/store.id", `${workerId}\n`);
    await write(`prepared/text-${"a".repeat(24)}.bin`, "");
    await write("text/own/lines.txt", "not the platform's");
    const written = await writeBackup(url, filesOf(at("data")), at("backup.tar"));
    expect(await verifyBackup(at("backup.tar"))).toEqual(written);
    await expect(writeBackup(url, filesOf(at("data")), at("backup.tar"))).rejects.toMatchObject({
      code: "BAD_INPUT",
    });
    await expect(
      restoreBackup(url, filesOf(at("data")), at("backup.tar"), { replace: true }),
    ).rejects.toMatchObject({ code: "WRONG_STATE" });
    return { runId, open };
  });
  await rm(at("data", `artifacts/${runId}/super-net.2.safetensors.${runId}.tmp`));
  await rm(at("data", "text"), { recursive: true });
  const [rows, files, constraints] = [await allRows(), await allFiles(), await keys()];
  expect(Object.keys(files)).toHaveLength(4);

  await destroy();
  await restoreBackup(url, filesOf(at("data")), at("backup.tar"), { replace: false });
  expect(await allRows()).toEqual(rows);
  expect(await keys()).toEqual(constraints);
  expect(await allFiles()).toEqual(files);

  await withPlatform(async (db, queue) => {
    expect(await restoreLostJobs(db, queue)).toBe(1);
    expect(await restoreLostJobs(db, queue)).toBe(0);
    await new RunMaker(db, queue, workerId).evaluate(runId, open, 50);
    expect(await db.generation.findFirst({ where: { runId } })).toMatchObject({ evaluated: 2 });
    expect((await restoreLostJobs(db, queue)) + (await queue.findJobs("evolve")).length).toBe(1);
  });
}, 60_000);

test("a database or data folder that holds something is replaced only when that is said", async () => {
  const refused = { code: "WRONG_STATE" };
  const restore = (replace: boolean, data = at("data")) =>
    restoreBackup(url, filesOf(data), at("backup.tar"), { replace });
  await write("artifacts/other/file", "later");
  await query(`UPDATE "SearchRun" SET name = 'later'`);
  await expect(restore(false)).rejects.toMatchObject(refused);
  await expect(restore(false, at("empty"))).rejects.toMatchObject(refused);
  expect(await query(`SELECT 1 FROM "SearchRun" WHERE name = 'later'`)).toHaveLength(2);
  await restore(true);
  expect(await query(`SELECT 1 FROM "SearchRun" WHERE name = 'later'`)).toEqual([]);
  expect(Object.keys(await allFiles())).toHaveLength(4);
}, 60_000);

test("a damaged or cut backup is refused before anything is touched", async () => {
  const whole = await readFile(at("backup.tar"));
  const before = await allRows();
  const place = whole.indexOf(Buffer.alloc(1_000, 7));
  const flipped = Buffer.from(whole);
  flipped[place] = 8;
  const damaged = {
    flipped,
    cut: whole.subarray(0, 200_000),
    endless: whole.subarray(0, whole.indexOf("manifest.json")),
    foreign: Buffer.from("no archive at all".repeat(100)),
    nothing: Buffer.alloc(0),
  };
  for (const [name, bytes] of Object.entries(damaged)) {
    await writeFile(at(name), bytes);
    const restored = restoreBackup(url, filesOf(at("data")), at(name), { replace: true });
    await expect(restored, name).rejects.toMatchObject({ code: "CORRUPT_ARTIFACT" });
  }
  await expect(verifyBackup(at("missing"))).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await allRows()).toEqual(before);
  expect(Object.keys(await allFiles())).toHaveLength(4);
  expect((await verifyBackup(at("backup.tar"))).entries.length).toBeGreaterThan(8);
}, 60_000);
