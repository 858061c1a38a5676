import { execFileSync } from "node:child_process";
import { open, readdir, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "@opnas/core";
import { databaseError } from "@opnas/prisma";
import { until } from "../support/until.ts";
import type { Lane, LaneWorker } from "./lane.ts";

/** A fault: it strikes a lane and returns when it is over, so that what is left is to recover. */
export type Fault = (lane: Lane, random: Random) => Promise<void>;

const between = (random: Random, least: number, most: number) =>
  least + random.next() * (most - least);
const workerOf = (lane: Lane, random: Random): LaneWorker => random.pick(lane.workers);

/** Every kind of fault by its name. */
const faults: Record<string, Fault> = {
  killWorker: async (lane, random) => {
    signal(workerOf(lane, random).process.pid, "SIGKILL");
    await Promise.resolve();
  },

  killTrainer: async (lane, random) => {
    const trainers = childrenOf(workerOf(lane, random).process.pid);
    if (trainers.length > 0) signal(random.pick(trainers), "SIGKILL");
    await Promise.resolve();
  },

  stopWorker: async (lane, random) => {
    signal(workerOf(lane, random).process.pid, "SIGTERM");
    await Promise.resolve();
  },

  killServer: async (lane) => {
    signal(lane.server.pid, "SIGKILL");
    await Promise.resolve();
  },

  killPostgres: (lane) => endPostgres(lane, "SIGKILL"),

  /** Postgres is shut down fast, and started again. */
  restartPostgres: (lane) => endPostgres(lane, "SIGINT"),

  /** The machine of a worker stands still, for shorter or longer than its leases last. */
  freezeWorker: async (lane, random) => {
    const { pid } = workerOf(lane, random).process;
    const frozen = [pid, ...childrenOf(pid)];
    for (const each of frozen) signal(each, "SIGSTOP");
    await sleep(between(random, 1_000, 15_000));
    for (const each of frozen) signal(each, "SIGCONT");
  },

  terminateBackends: async (lane) => {
    const end = lane.db.$executeRaw`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < 0.7`;
    await end.catch((error: unknown) => {
      // Another one that strikes just now ended this session too.
      if (databaseError(error).kind !== "retryable") throw error;
    });
  },

  /** The network between a worker and the database swallows everything. */
  cutNetwork: async (lane, random) => {
    const { proxy } = workerOf(lane, random);
    proxy.cut();
    await sleep(between(random, 1_000, 15_000));
    proxy.mend();
  },

  /** A worker's clock is set forward or back by up to a day. */
  clockJump: async (lane, random) => {
    const { process: worker, clockFile } = workerOf(lane, random);
    await writeFile(clockFile, String(Math.round(between(random, -86_400_000, 86_400_000))));
    signal(worker.pid, "SIGUSR2");
  },

  /** The newest file of weights, super-net or checkpoint, is cut off or has a wrong byte. */
  damageFile: async (lane, random) => {
    const file = await newestFile(lane.dataFolder);
    if (file === undefined) return;
    const handle = await open(file, "r+").catch(() => undefined); // Tidied away meanwhile.
    if (handle === undefined) return;
    const { size } = await handle.stat();
    if (random.next() < 0.5) await handle.truncate(Math.floor(size / 2));
    else await handle.write(Buffer.of(0xa5), 0, 1, size - 1);
    await handle.close();
  },

  /** The server of the bucket is away. */
  storeAway: async ({ bucket }, random) => {
    await bucket?.stop();
    await sleep(between(random, 1_000, 10_000));
    await bucket?.start();
  },

  diskFull: async (lane, random) => {
    const filler = path.join(lane.dataFolder, "filler");
    const handle = await open(filler, "w");
    const block = Buffer.alloc(65_536);
    try {
      for (;;) await handle.write(block);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
    } finally {
      await handle.close();
    }
    await sleep(between(random, 500, 5_000));
    await rm(filler);
  },
};

/** Strikes a lane with the fault of a name and waits until the fault is over. */
export async function strike(kind: string, lane: Lane, random: Random): Promise<void> {
  const fault = faults[kind];
  if (fault === undefined) throw new Error(`There is no fault ${kind}.`);
  await fault(lane, random);
}

/** Returns the names of the faults that a lane can be struck by. */
export function kindsFor(lane: Lane): string[] {
  return Object.keys(faults)
    .filter((kind) => kind !== "diskFull" || lane.isSmallDisk)
    .filter((kind) => kind !== "storeAway" || lane.bucket !== undefined);
}

/** Sends a signal to a process, which may have ended by now or be between two starts. */
function signal(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

function childrenOf(pid: number | undefined): number[] {
  if (pid === undefined) return [];
  const rows = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  return rows
    .map((row) => row.trim().split(/\s+/).map(Number))
    .flatMap(([child, parent]) => (child !== undefined && parent === pid ? [child] : []));
}

/** Ends Postgres and waits until the launcher's part has started another. */
async function endPostgres(lane: Lane, how: NodeJS.Signals): Promise<void> {
  const before = await lane.postgresPid();
  signal(before, how);
  await until("Postgres is back", 60, async () => {
    const now = await lane.postgresPid();
    if (now === undefined || now === before) return false;
    return lane.db.$queryRaw`SELECT 1`.then(
      () => true,
      () => false,
    );
  });
}

async function newestFile(folder: string): Promise<string | undefined> {
  // A folder may be tidied away while it is read.
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".safetensors"))
    .map((entry) => path.join(entry.parentPath, entry.name));
  const timed = await Promise.all(
    files.map(async (file) => ({
      file,
      time: (await stat(file).catch(() => undefined))?.mtimeMs ?? 0,
    })),
  );
  return timed.sort((a, b) => b.time - a.time)[0]?.file;
}
