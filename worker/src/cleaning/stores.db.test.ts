import { access, mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { FolderStore, type S3Store } from "@opnas/artifacts";
import { TestBucket } from "@opnas/artifacts/testing";
import { CreateMultipartUploadCommand, S3Client } from "@aws-sdk/client-s3";
import { defaultPretraining, presetNamed, readRetention } from "@opnas/core";
import {
  cancelPretraining,
  changeRunState,
  createClient,
  databaseId,
  deleteRun,
  openQueue,
  reportWorker,
  startPretraining,
} from "@opnas/prisma";
import { RunMaker, testDatabase } from "@opnas/prisma/testing";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { clean } from "./clean.js";

const url = await testDatabase();
const db = createClient(url);
const onError = (error: Error) => {
  throw error;
};
const queue = await openQueue(url, { supervise: false, onError });
const workerId = "0199b1f0-0000-7000-8000-000000000001";
const maker = new RunMaker(db, queue, workerId);
let bucket: TestBucket;
let store: S3Store;

beforeAll(() =>
  reportWorker(db, {
    id: workerId,
    name: "test",
    engine: "wasm",
    engineReasons: [],
    threads: 1,
    slots: 1,
    status: "idle",
    currentJobs: [],
  }),
);
beforeEach(async () => {
  await db.searchRun.deleteMany();
  bucket = await TestBucket.start();
  store = bucket.machine("first");
});
afterEach(() => bucket.end());
afterAll(async () => {
  await queue.stop({ graceful: false });
  await db.$disconnect();
});

const key = (letter: string) => letter.repeat(24);
const dataFolder = (machine = "first") => path.join(bucket.folder, machine);
const cleaned = (from: S3Store | FolderStore = store, dryRun = false) =>
  clean(db, { store: from, dataFolder: dataFolder() }, readRetention("deletedDays=0"), { dryRun });

/** Puts an object of 10 bytes that changed so many days ago. */
async function put(name: string, days = 2, content = "0123456789"): Promise<string> {
  await store.write(name, Readable.from([Buffer.from(content)]));
  await bucket.age(name, days);
  return name;
}

/** Writes a file of a folder, old enough to be removed. */
async function write(file: string, content = "0123456789"): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
  const time = new Date(Date.now() - 2 * 24 * 3600 * 1000);
  await utimes(file, time, time);
  return file;
}

/** Makes a run with an evaluated and an open candidate, and says so that its files are known. */
async function cancelledRun() {
  const { runId, ids } = await maker.searchingRun(["a", "b"]);
  const [evaluated = "", open = ""] = ids;
  await maker.evaluate(runId, evaluated, 50);
  const { settings } = presetNamed("smoke");
  const { id: training } = await startPretraining(db, queue, {
    architectureId: evaluated,
    seed: 1,
    settings: defaultPretraining(settings.size),
  });
  await cancelPretraining(db, training);
  await changeRunState(db, queue, runId, "cancel");
  const superNetFile = "super-net.2.safetensors";
  await db.searchRun.update({ where: { id: runId }, data: { superNetFile } });
  return { runId, evaluated, open, training };
}

test("a deleted run leaves nothing in the bucket, and nothing on the machine; others keep theirs", async () => {
  const [gone, kept] = [await cancelledRun(), await cancelledRun()];
  const keptFiles = [
    await put(`${kept.runId}/super-net.2.safetensors`),
    await put(`${kept.runId}/text.key`, 2, key("a")),
    await put(`${kept.runId}/checkpoints/${kept.open}/3.1.safetensors`),
    await put(`prepared/text-${key("a")}.bin`, 90),
    await put(`prepared/text-${key("b")}.bin`, 29),
    await put("text/farm/0.txt", 90),
    await put("0199b1f0-0000-7000-8000-0000000000aa/any.bin", 0.9),
  ];
  await put(`${kept.runId}/super-net.1.safetensors`);
  await put(`${kept.runId}/checkpoints/${kept.evaluated}/3.1.safetensors`);
  await put("0199b1f0-0000-7000-8000-0000000000bb/super-net.safetensors");
  await put(`prepared/text-${key("c")}.bin`, 31);
  const first = await cleaned();
  expect(first.findings.map(({ kind, id }) => [kind, id]).sort()).toEqual([
    ["checkpoints", `s3://bucket/opnas/artifacts/${kept.runId}`],
    ["leftovers", `s3://bucket/opnas/artifacts/${kept.runId}`],
    ["prepared", `s3://bucket/opnas/artifacts/prepared/text-${key("c")}.bin`],
    ["unnamed", "s3://bucket/opnas/artifacts/0199b1f0-0000-7000-8000-0000000000bb"],
  ]);

  await put(`${gone.runId}/super-net.2.safetensors`);
  await put(`${gone.runId}/text.key`, 2, key("d"));
  await put(`${gone.runId}/checkpoints/${gone.open}/3.1.safetensors`);
  await put(`prepared/text-${key("d")}.bin`);
  await put(`trainings/${gone.training}/attempt-1/weights.safetensors`);
  await put(`trainings/${gone.training}/text.key`, 2, key("a"));
  const here = [
    await write(path.join(dataFolder(), "artifacts", gone.runId, "text.key"), key("d")),
    await write(path.join(dataFolder(), "artifact-cache", gone.runId, "super-net.2.safetensors")),
    await write(path.join(dataFolder(), "prepared", `text-${key("d")}.bin`)),
  ];
  await deleteRun(db, gone.runId);
  const dry = await cleaned(store, true);
  expect(dry.findings).toEqual([{ kind: "deletedRuns", id: gone.runId, parts: 9, bytes: 132 }]);
  expect(await bucket.names()).toContain(`prepared/text-${key("d")}.bin`);
  expect(await cleaned()).toEqual(dry);
  expect(await bucket.names()).toEqual([...keptFiles, "database.id"].sort());
  for (const file of here) await expect(access(file)).rejects.toMatchObject({ code: "ENOENT" });
  for (const folder of ["artifacts", "artifact-cache"]) {
    expect(await readdir(path.join(dataFolder(), folder))).not.toContain(gone.runId);
  }
});

test("a bucket of another database keeps what this one does not name", async () => {
  const unnamed = await put("0199b1f0-0000-7000-8000-0000000000bb/super-net.safetensors");
  await put("database.id", 2, "another");
  const { findings, notes } = await cleaned();
  expect(findings).toEqual([]);
  expect(notes).toContainEqual(
    expect.stringContaining("s3://bucket/opnas/artifacts/database.id names another database"),
  );
  await put("database.id", 2, await databaseId(db));
  expect((await cleaned()).findings).toHaveLength(1);
  expect(await bucket.names()).not.toContain(unnamed);
});

test("cleanings at once remove everything, and none fails for what another has removed", async () => {
  const names = Array.from({ length: 20 }, (_, index) => `super-net.${String(index)}.safetensors`);
  const folder = "0199b1f0-0000-7000-8000-0000000000bb";
  for (const name of names) await put(`${folder}/${name}`);
  await Promise.all([cleaned(), cleaned(bucket.machine("second"))]);
  expect(await bucket.names()).toEqual(["database.id"]);
});

test("uploads that were cut off a day ago are ended, those under way are not", async () => {
  const client = new S3Client({ forcePathStyle: true });
  const begin = async (name: string, days: number) => {
    const object = { Bucket: "bucket", Key: `opnas/${name}` };
    const { UploadId: id = "" } = await client.send(new CreateMultipartUploadCommand(object));
    await bucket.ageUpload(id, days);
    return object.Key;
  };
  const folder = "artifacts/0199b1f0-0000-7000-8000-0000000000bb";
  const old = await begin(`${folder}/super-net.1.safetensors`, 2);
  const kept = [
    await begin(`${folder}/super-net.2.safetensors`, 0.9),
    await begin("artifacts/text/farm.txt", 2),
    await begin("other/file", 2),
  ];
  client.destroy();
  expect((await cleaned()).notes).toEqual([expect.stringContaining("does not list uploads")]);
  await bucket.listUploads();
  await put("database.id", 2, "another");
  expect((await cleaned()).findings).toEqual([]);
  await store.remove("database.id");
  expect(await bucket.uploads()).toContain(old);
  expect(await cleaned()).toEqual({
    findings: [{ kind: "uploads", id: `s3://bucket/${old}`, parts: 1, bytes: 0 }],
    notes: [],
  });
  expect(await bucket.uploads()).toEqual(kept.sort());
});

test("a folder elsewhere is cleaned as the data folder's own", async () => {
  const folder = path.join(bucket.folder, "shared");
  const gone = await cancelledRun();
  const files = [
    await write(path.join(folder, gone.runId, "super-net.2.safetensors")),
    await write(path.join(folder, gone.runId, "text.key"), key("d")),
    await write(path.join(dataFolder(), "prepared", `text-${key("d")}.bin`)),
  ];
  await deleteRun(db, gone.runId);
  const { findings } = await cleaned(new FolderStore(folder));
  expect(findings).toMatchObject([{ kind: "deletedRuns", id: gone.runId, parts: 3 }]);
  for (const file of files) await expect(access(file)).rejects.toMatchObject({ code: "ENOENT" });
  expect(await readdir(folder)).toEqual(["database.id"]);
});
