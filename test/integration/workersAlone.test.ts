/** Tests a machine that runs `npm run worker`: workers alone, which know but a database and a store. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { presetNamed, type SearchSettings } from "@opnas/core";
import { startRun } from "@opnas/prisma";
import { expect, test } from "vitest";
import { root } from "../docs/repository.js";
import { startTestWorkers } from "../support/testWorkers.js";
import { until } from "../support/until.js";

const { db, queue, dataFolder, databaseUrl } = await startTestWorkers("alone");

const { settings: smoke } = presetNamed("smoke");
const settings: SearchSettings = {
  ...smoke,
  superNet: { ...smoke.superNet, steps: 4 },
  population: 2,
  generations: 0,
  references: false,
  tasks: ["mlm"],
};

test("a machine with two addresses takes a run's jobs to its end, and stops on SIGTERM", async () => {
  const { id } = await startRun(db, queue, { name: "test", seed: 7, preset: "smoke", settings });
  const args = ["start/worker.mjs", "--artifacts", path.join(dataFolder, "store")];
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    OPNAS_CACHE_DIR: process.env.OPNAS_CACHE_DIR,
    DATABASE_URL: databaseUrl,
    OPNAS_DATA_DIR: path.join(dataFolder, "machine"),
  };
  const machine = spawn(process.execPath, args, {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  machine.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  try {
    const run = await until("the run ends", 240, async () => {
      const row = await db.searchRun.findUniqueOrThrow({ where: { id } });
      return ["DONE", "FAILED", "CANCELLED"].includes(row.status) && row;
    });
    expect(run).toMatchObject({ status: "DONE", error: null });
    expect(said).toMatch(/Ready in .*\n\n {2}Engine .*\n(?: {13}.*\n)* {2}Artifacts .*store\n/);
    expect(said).not.toMatch(/Portal|GraphQL/);
  } finally {
    machine.kill("SIGTERM");
  }
  expect(await once(machine, "exit")).toEqual([0, null]);
  expect(said).toMatch(/Stopped in .*elsewhere\.\n$/);
}, 600_000);
