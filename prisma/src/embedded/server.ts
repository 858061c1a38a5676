import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeExecutable } from "./binaries.js";
import type { Cluster } from "./cluster.js";
import { freePort } from "./freePort.js";
import { answers, findStalePid, readPidFile, type Postmaster } from "./postmaster.js";
import { postgresError } from "./postgresError.js";
import { isAlive } from "./processes.js";
import { own } from "./watchers.js";

/** Seconds that a server has to answer, recovery from a crash included. */
const startSeconds = 120;

/** A running server that ends with this process; `release` ends that bond. */
export interface Owned {
  postmaster: Postmaster;
  release: () => void;
}

/**
 * Starts the server and waits until it answers; tries another port when the first is taken.
 * @throws OpnasError `DISK_FULL`, `INTERNAL` with Postgres's own message
 */
export async function launch(
  folder: string,
  cluster: Cluster,
  logFile: string,
  wantedPort: number | undefined,
  report: (message: string) => void,
): Promise<Owned> {
  const deadline = Date.now() + startSeconds * 1000;
  for (let port = wantedPort; ; port = undefined) {
    const chosen = port ?? (await freePort());
    const { child, readLog } = await spawnServer(cluster, logFile, chosen);
    const release = await own(folder, cluster.folder, child.pid ?? 0);
    for (let polls = 1; child.exitCode === null && child.signalCode === null; polls += 1) {
      const now = await readPidFile(cluster.folder);
      const isOurs = now?.port === chosen && now.ready && isAlive(now.pid);
      if (isOurs && (await answers(cluster, chosen)) === "yes") {
        return { postmaster: now, release };
      }
      if (polls % 40 === 0) report("Postgres is recovering from an unclean stop");
      if (Date.now() > deadline) {
        release();
        child.kill("SIGINT");
        throw postgresError(`Postgres did not answer within ${startSeconds} s`, readLog());
      }
      await sleep(50);
    }
    release();
    const output = readLog();
    const willPass = /could not bind|could not create any TCP|pre-existing shared memory|lock file/;
    if (!willPass.test(output) || Date.now() > deadline - (startSeconds - 15) * 1000) {
      throw postgresError("Postgres did not start", output);
    }
    await sleep(300);
  }
}

/** Starts the server's process; `readLog` returns what the server has logged since. */
async function spawnServer(
  { folder, user, binaries }: Cluster,
  logFile: string,
  port: number,
): Promise<{ child: ChildProcess; readLog: () => string }> {
  const settings = {
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: "",
    // Taken from the machine only as tables are read: a small store has less.
    shared_buffers: "256MB",
    max_connections: 500, // A worker has up to 7; an unused one costs nothing that can be measured.
    jit: "off",
    max_parallel_workers_per_gather: 0,
    log_line_prefix: "%m [%p] ",
  };
  await makeExecutable(binaries);
  const program = path.join(binaries.folder, "bin", "postgres");
  const args = ["-D", folder, ...Object.entries(settings).flatMap(([k, v]) => ["-c", `${k}=${v}`])];
  // Postgres takes the process of this number for none, as pg_ctl uses it. Removing the file instead would
  // also remove what it says about shared memory, by which Postgres finds remains of a crashed server.
  const stale = await findStalePid(folder);
  const env =
    stale === undefined ? process.env : { ...process.env, PG_GRANDPARENT_PID: String(stale) };
  mkdirSync(path.dirname(logFile), { recursive: true });
  const log = openSync(logFile, "a");
  const before = fstatSync(log).size;
  const child = spawn(program, args, {
    cwd: process.platform === "win32" ? folder : "/",
    env,
    detached: true,
    stdio: ["ignore", log, log],
    ...user.ids,
  });
  closeSync(log);
  child.on("error", () => undefined); // a start that failed is thrown here, a signal that failed is tried again
  try {
    await once(child, "spawn");
  } catch (cause) {
    throw postgresError("Postgres did not start", String(cause), cause);
  }
  child.unref();
  return { child, readLog: () => readFileSync(logFile).subarray(before).toString() };
}
