/**
 * Carries a search that was really run, with its super-net, from one platform to another by the command
 * line, and reads the file with Python's own library, without the platform.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { presetNamed } from "@opnas/core";
import { startRun } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { startCommandLine } from "../support/commandLine.js";
import { startTestWorkers } from "../support/testWorkers.js";
import { until } from "../support/until.js";

const { db, queue, databaseUrl, dataFolder, startWorker, stopWorkers } =
  await startTestWorkers("archive");
const folder = await mkdtemp(path.join(tmpdir(), "opnas-carried-"));
const first = await startCommandLine(databaseUrl, { OPNAS_DATA_DIR: dataFolder });
const second = await startCommandLine(await testDatabase(), { OPNAS_DATA_DIR: folder });
afterAll(async () => {
  await Promise.all([first.stop(), second.stop()]);
  await rm(folder, { recursive: true });
});

async function output({ run }: typeof first, ...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(words);
  expect({ words, code, stderr }).toMatchObject({ code: 0 });
  return stdout.trim();
}

test("a search that was run here is carried to another platform, and read without one", async () => {
  await startWorker(1);
  const { settings } = presetNamed("smoke");
  const { id } = await startRun(db, queue, {
    name: "carried",
    seed: 7,
    preset: "smoke",
    settings: { ...settings, references: false },
  });
  await until("the run ends", 240, async () => {
    const { status, error } = await db.searchRun.findUniqueOrThrow({ where: { id } });
    expect(error).toBeNull();
    return status === "DONE";
  });
  await stopWorkers();
  const file = path.join(folder, "run.opnas");
  const out = ["archive", id, "--out", file, "--artifacts", "super-net"];
  expect(await output(first, ...out)).toMatch(/run\.opnas: [1-9][\d.]* kB/);
  expect(await first.run(out)).toMatchObject({ code: 2 });
  expect(await output(second, "archive", "import", file)).toMatch(`${id}: carried, done\n`);
  expect(await output(second, "archive", "import", file)).toMatch("is here already, as the file");
  const board = ["leaderboard", "--csv"];
  expect(await output(second, ...board)).toBe(await output(first, ...board));
  expect(await output(second, "show", id)).toBe(await output(first, "show", id));
  const held = await readdir(path.join(dataFolder, "artifacts", id));
  const superNet = held.find((name) => name.startsWith("super-net.")) ?? "";
  const [before, after] = await Promise.all(
    [dataFolder, folder].map((each) => readFile(path.join(each, "artifacts", id, superNet))),
  );
  expect(after?.equals(before ?? Buffer.alloc(0))).toBe(true);
  expect(await read(file)).toEqual(await stored(id));
}, 300_000);

/** Reads names and scores of an archive as its README says. */
async function read(file: string): Promise<unknown> {
  const program = `import json, sys, tarfile
with tarfile.open(sys.argv[1]) as archive:
    lines = archive.extractfile("run/architectures.jsonl").read().splitlines()
rows = [json.loads(line) for line in lines]
print(json.dumps([[row["id"], row["score"]] for row in rows]))`;
  const { stdout } = await promisify(execFile)("python3", ["-c", program, file]);
  return JSON.parse(stdout);
}

async function stored(runId: string): Promise<unknown> {
  const rows = await db.architecture.findMany({
    where: { runId },
    orderBy: [{ generation: { index: "asc" } }, { indexInGeneration: "asc" }],
  });
  return rows.map(({ id, score }) => [z.uuid().parse(id), score]);
}
