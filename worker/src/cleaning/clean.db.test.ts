import { access, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { FolderStore } from "@opnas/artifacts";
import { defaultPretraining, presetNamed, readRetention } from "@opnas/core";
import {
  cancelPretraining,
  claimExport,
  changeRunState,
  createClient,
  deleteRun,
  finishExport,
  openQueue,
  reportWorker,
  startExport,
  startPretraining,
} from "@opnas/prisma";
import { RunMaker, testDatabase } from "@opnas/prisma/testing";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { clean } from "./clean.js";
import { reportLine, reportLines } from "./report.js";

const url = await testDatabase();
const db = createClient(url);
const queue = await openQueue(url, {
  supervise: false,
  onError: (error) => {
    throw error;
  },
});
const workerId = "0199b1f0-0000-7000-8000-000000000001";
const maker = new RunMaker(db, queue, workerId);
let folder: string;

const worker = (id: string) =>
  reportWorker(db, {
    id,
    name: "test",
    engine: "wasm",
    engineReasons: [],
    threads: 1,
    slots: 1,
    status: "idle",
    currentJobs: [],
  });

beforeAll(() => worker(workerId));
beforeEach(async () => {
  await db.searchRun.deleteMany();
  folder = await mkdtemp(path.join(tmpdir(), "opnas-clean-"));
});
afterEach(() => rm(folder, { recursive: true }));
afterAll(async () => {
  await queue.stop({ graceful: false });
  await db.$disconnect();
});

/** Writes a file of 10 bytes that changed so many days ago. */
async function write(name: string, days = 2, content = "0123456789"): Promise<string> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
  const time = new Date(Date.now() - days * 24 * 3600 * 1000);
  await utimes(file, time, time);
  return name;
}

async function isThere(name: string): Promise<boolean> {
  return access(path.join(folder, name)).then(
    () => true,
    () => false,
  );
}

async function remaining(names: readonly string[]): Promise<string[]> {
  const there = await Promise.all(names.map(isThere));
  return names.filter((_, index) => there[index]);
}

const cleaned = (dryRun = false, changed = "") => {
  const store = new FolderStore(path.join(folder, "artifacts"), "artifacts");
  return clean(db, { store, dataFolder: folder }, readRetention(changed), { dryRun });
};

/** Writes the files that a run has while it works: super-net, checkpoints, drafts, key of its text. */
async function filesOf(runId: string, candidates: readonly string[], textKey: string) {
  await db.searchRun.update({
    where: { id: runId },
    data: { superNetFile: "super-net.2.safetensors" },
  });
  return {
    superNet: await write(`artifacts/${runId}/super-net.2.safetensors`),
    replaced: await write(`artifacts/${runId}/super-net.1.safetensors`),
    key: await write(`artifacts/${runId}/text.key`, 2, textKey),
    superNetCheckpoint: await write(`artifacts/${runId}/checkpoints/super-net/9.1.safetensors`),
    checkpoints: await Promise.all(
      candidates.map((id) => write(`artifacts/${runId}/checkpoints/${id}/3.1.safetensors`)),
    ),
    draft: await write(`artifacts/${runId}/super-net.3.safetensors.${runId}.tmp`),
    prepared: await write(`prepared/text-${textKey}.bin`, 90),
  };
}

const key = (letter: string) => letter.repeat(24);

test("nothing of a run in progress goes, nor any young file", async () => {
  const { runId, ids } = await maker.searchingRun(["a", "b"]);
  await maker.evaluate(runId, ids[0] ?? "", 50);
  const files = await filesOf(runId, ids, key("a"));
  const young = await write("artifacts/0199b1f0-0000-7000-8000-0000000000aa/any.bin", 0.9);
  const youngText = await write(`prepared/text-${key("b")}.bin`, 0.9);
  expect(await cleaned(false, "preparedDays=0,checkpointDays=0,deletedDays=0")).toEqual({
    findings: [],
    notes: [],
  });
  const all = [...Object.values(files).flat(), young, youngText];
  expect(await remaining(all)).toEqual(all);
  await changeRunState(db, queue, runId, "pause");
  expect((await cleaned()).findings).toEqual([]);
});

test("of a cancelled run only what it cannot go on from goes, and the rest after its days", async () => {
  const { runId, ids } = await maker.searchingRun(["a", "b"]);
  await maker.evaluate(runId, ids[0] ?? "", 50);
  await changeRunState(db, queue, runId, "cancel");
  const files = await filesOf(runId, ids, key("a"));
  const folderName = `artifacts/${runId}`;

  const { findings } = await cleaned();
  expect(findings).toEqual([
    { kind: "checkpoints", id: folderName, parts: 1, bytes: 10 },
    { kind: "leftovers", id: folderName, parts: 2, bytes: 20 },
  ]);
  const [evaluated = "", open = ""] = files.checkpoints;
  expect(await isThere(evaluated)).toBe(false);
  const kept = [files.superNet, files.key, files.superNetCheckpoint, open, files.prepared];
  expect(await remaining([...kept, files.replaced, files.draft])).toEqual(kept);

  await db.$executeRaw`UPDATE "SearchRun" SET "finishedAt" = now() - interval '31 days'`;
  expect((await cleaned()).findings).toEqual([
    { kind: "checkpoints", id: folderName, parts: 2, bytes: 20 },
  ]);
  expect(await remaining(kept)).toEqual([files.superNet, files.key, files.prepared]);
  expect(await isThere(path.posix.dirname(open))).toBe(false);
});

test("a deleted run goes with its files, its models and the text that it alone used; a dry run only says so", async () => {
  const kept = await maker.searchingRun(["a"]);
  const gone = await maker.searchingRun(["a"]);
  const [architectureId = ""] = gone.ids;
  const { size } = presetNamed("smoke").settings;
  const settings = defaultPretraining(size);
  const { id } = await startPretraining(db, queue, { architectureId, seed: 1, settings });
  await cancelPretraining(db, id);
  for (const { runId } of [kept, gone]) await changeRunState(db, queue, runId, "cancel");
  const keptFiles = await filesOf(kept.runId, [], key("a"));
  const goneFiles = await filesOf(gone.runId, gone.ids, key("a"));
  const ownText = await write(`prepared/text-${key("c")}.bin`);
  const models = [
    await write(`artifacts/trainings/${id}/attempt-1/weights.safetensors`),
    await write(`artifacts/trainings/${id}/text.key`, 2, key("c")),
  ];
  await cleaned();
  await deleteRun(db, gone.runId);
  expect((await cleaned()).findings).toEqual([]);

  const dry = await cleaned(true, "deletedDays=0");
  const [finding] = dry.findings;
  expect(finding).toMatchObject({ kind: "deletedRuns", id: gone.runId });
  expect(reportLines(dry, { dryRun: true }).join("\n")).toContain(gone.runId);
  expect(await remaining([ownText, ...models])).toHaveLength(3);
  expect(await db.searchRun.count()).toBe(2);

  expect(await cleaned(false, "deletedDays=0")).toEqual(dry);
  expect(await db.searchRun.findMany({ select: { id: true } })).toEqual([{ id: kept.runId }]);
  expect(await remaining([ownText, ...models, goneFiles.superNet, goneFiles.key])).toEqual([]);
  expect(await isThere(`artifacts/${gone.runId}`)).toBe(false);
  expect(await isThere(`artifacts/trainings/${id}`)).toBe(false);
  expect(await remaining([keptFiles.superNet, keptFiles.key, keptFiles.prepared])).toHaveLength(3);
});

test("an export goes with its archive when nobody asked for it lately, and replaced attempts before", async () => {
  const { runId, ids } = await maker.searchingRun(["a"]);
  const { id } = await startExport(db, queue, { id: ids[0] ?? "", format: "pytorch" });
  const archive = await write(`artifacts/exports/${id}/attempt-2/model.tar`);
  const replaced = await write(`artifacts/exports/${id}/attempt-1/model.tar`);
  expect((await cleaned(false, "exportDays=0")).findings).toEqual([]);
  await claimExport(db, id);
  const claim = (await claimExport(db, id)) ?? expect.fail("no claim");
  const made = { artifact: `exports/${id}/attempt-2`, store: "any", bytes: 10, checksum: "" };
  await finishExport(db, claim, made);
  expect((await cleaned()).findings).toMatchObject([{ kind: "leftovers", parts: 1 }]);
  expect(await remaining([archive, replaced])).toEqual([archive]);
  await db.$executeRaw`UPDATE "Export" SET "usedAt" = now() - interval '8 days'`;
  await startExport(db, queue, { id: ids[0] ?? "", format: "pytorch" });
  expect((await cleaned()).findings).toEqual([]);
  await db.$executeRaw`UPDATE "Export" SET "usedAt" = now() - interval '8 days'`;
  expect((await cleaned()).findings).toEqual([{ kind: "exports", id, parts: 1, bytes: 10 }]);
  expect(await remaining([archive])).toEqual([]);
  expect(await db.export.count()).toBe(0);
  await changeRunState(db, queue, runId, "cancel");
});

test("files that no row names and texts long unused go; a folder of another database keeps them", async () => {
  const unnamed = await write(
    "artifacts/0199b1f0-0000-7000-8000-0000000000bb/super-net.safetensors",
  );
  const unused = await write(`prepared/text-${key("d")}.bin`, 31);
  const used = await write(`prepared/text-${key("e")}.bin`, 29);
  const foreign = await write("artifacts/notes.txt", 400);
  await write("artifacts/database.id", 2, "another");
  const other = await cleaned();
  expect(other).toMatchObject({
    findings: [],
    notes: [expect.stringContaining("artifacts/database.id")],
  });
  expect(reportLine(other)).toContain("another database");

  await rm(path.join(folder, "artifacts/database.id"));
  expect((await cleaned()).findings.map(({ kind }) => kind)).toEqual(["unnamed", "prepared"]);
  expect(await remaining([unnamed, unused, used, foreign])).toEqual([used, foreign]);
  expect(await readFile(path.join(folder, "artifacts/database.id"), "utf8")).toMatch(
    /^[\da-f-]+\n$/,
  );
});

test("events of runs long over go, and workers long silent that no result names", async () => {
  const { runId, ids } = await maker.searchingRun(["a"]);
  await maker.evaluate(runId, ids[0] ?? "", 50);
  const live = await maker.searchingRun(["a"]);
  const silent = "0199b1f0-0000-7000-8000-000000000002";
  await worker(silent);
  await changeRunState(db, queue, runId, "cancel");
  await db.$executeRaw`UPDATE "Worker" SET "lastSeenAt" = now() - interval '31 days'`;
  expect((await cleaned(true)).findings).toEqual([
    { kind: "workers", id: silent, parts: 1, bytes: 0 },
  ]);
  await db.$executeRaw`
    UPDATE "SearchRun" SET "finishedAt" = now() - interval '366 days' WHERE id = ${runId}::uuid`;
  const { findings } = await cleaned();
  expect(findings.map(({ kind, id }) => [kind, id])).toEqual([
    ["events", runId],
    ["workers", silent],
  ]);
  expect(await db.runEvent.count({ where: { runId } })).toBe(0);
  expect(await db.runEvent.count({ where: { runId: live.runId } })).toBeGreaterThan(0);
  expect(await db.worker.findMany({ select: { id: true } })).toEqual([{ id: workerId }]);
  expect((await cleaned()).findings).toEqual([]);
});

test("entries of the audit log go after their days, and only they", async () => {
  await db.$executeRaw`
    INSERT INTO "AuditEntry" (id, time, "principalId", "principalName", action)
    SELECT gen_random_uuid(), clock_timestamp() - n * interval '100 days', 'local', 'x', 'tag'
      FROM generate_series(0, 9) n`;
  const { findings } = await cleaned(true, "auditDays=350");
  const ofAudit = findings.filter(({ kind }) => kind === "audit");
  expect(ofAudit).toMatchObject([{ id: "AuditEntry", parts: 6 }]);
  expect(await db.auditEntry.count()).toBe(10);
  await cleaned(false, "auditDays=350");
  expect(await db.auditEntry.count()).toBe(4);
  expect((await cleaned(true, "auditDays=350")).findings).toEqual([]);
});
