import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { createServer, Socket } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { OpnasError } from "@opnas/core";
import pg from "pg";
import { findBinaries } from "./binaries.js";
import { openCluster, postgresError, type Cluster } from "./cluster.js";
import {
  answers,
  findRunning,
  isAlive,
  readPidFile,
  urlOf,
  type Postmaster,
} from "./postmaster.js";
import { chooseUser } from "./systemUser.js";

/** The options of `startEmbeddedPostgres`. */
export interface EmbeddedPostgresOptions {
  /** Folder of the cluster and its password; created when missing. */
  folder: string;
  /** File to which the server's own log is appended. Default: postgres.log in `folder`. */
  logFile?: string;
  /** Preferred port, so that clients find the server again after a crash. Default: a free one. */
  port?: number;
  /** Receives messages about steps that take time. */
  report?: (message: string) => void;
}

/** A running embedded Postgres. */
export interface EmbeddedPostgres {
  /** Connection string of the database `opnas`. */
  url: string;
  port: number;
  pid: number;
  /** The cluster's real folder; outside `folder` when root's data folder is closed to others. */
  cluster: string;
  /** True for a server that a killed launcher had left running. */
  reused: boolean;
  /** Resolves when the server has ended, by `stop` or by itself. */
  ended: Promise<void>;
  /** Stops the server within 10 seconds; open transactions are rolled back (fast shutdown). */
  stop(): Promise<void>;
}

const database = "opnas";
const startSeconds = 120;

/**
 * Starts the Postgres that comes with the platform on a free port of 127.0.0.1, with a random
 * password. Creates the data on first use, and takes over a server that a killed launcher left.
 *
 * The server ends with this process, however this process ends.
 *
 * @throws OpnasError `BAD_SETTING` (no binaries, data of another version), `DATA_FOLDER_UNWRITABLE`,
 * `DATABASE_UNREACHABLE` (a changed password), `DISK_FULL`, `INTERNAL` with Postgres's own message
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const report = options.report ?? (() => undefined);
  const folder = path.resolve(options.folder);
  const user = await chooseUser(path.join(folder, "cluster"));
  const cluster = await openCluster(folder, user, await findBinaries(), report);
  const running = await findRunning(cluster, report);
  const logFile = options.logFile ?? path.join(folder, "postgres.log");
  const { postmaster, guard } =
    running === undefined
      ? await launch(cluster, logFile, options.port, report)
      : { postmaster: running, guard: undefined };
  await createDatabase(cluster, postmaster.port);
  return {
    url: urlOf(cluster, postmaster.port, database),
    port: postmaster.port,
    pid: postmaster.pid,
    cluster: cluster.folder,
    reused: running !== undefined,
    ended: hasEnded(postmaster.pid),
    stop: () => stop(postmaster.pid, guard),
  };
}

/** Starts the server and waits until it answers; tries another port when the first is taken. */
async function launch(
  cluster: Cluster,
  logFile: string,
  wantedPort: number | undefined,
  report: (message: string) => void,
): Promise<{ postmaster: Postmaster; guard: ChildProcess }> {
  const deadline = Date.now() + startSeconds * 1000;
  for (let port = wantedPort; ; port = undefined) {
    const chosen = port ?? (await freePort());
    const { child, readLog } = spawnServer(cluster, logFile, chosen);
    for (let polls = 1; child.exitCode === null && child.signalCode === null; polls += 1) {
      const now = await readPidFile(cluster.folder);
      const isOurs = now?.port === chosen && now.ready && isAlive(now.pid);
      if (isOurs && (await answers(cluster, chosen)) === "yes") {
        return { postmaster: now, guard: child };
      }
      if (polls % 40 === 0) report("Postgres is recovering from an unclean stop");
      if (Date.now() > deadline) {
        child.stdin?.end();
        throw postgresError(`Postgres did not answer within ${startSeconds} s`, readLog());
      }
      await sleep(50);
    }
    const output = readLog();
    const willPass = /could not bind|could not create any TCP|pre-existing shared memory|lock file/;
    if (!willPass.test(output) || Date.now() > deadline - (startSeconds - 15) * 1000) {
      throw postgresError("Postgres did not start", output);
    }
    await sleep(300);
  }
}

/**
 * Shell script of the guard, the parent process of Postgres: when its standard input closes, which also
 * happens when this process is killed, it sends Postgres the signal for a fast shutdown.
 */
const guardScript = `
exec 3<&0
"$@" 3<&- </dev/null & server=$!
{ cat <&3 >/dev/null; kill -INT "$server"; } 2>/dev/null &
exec 3<&-
wait "$server"`;

/** Starts the guard with the server; `readLog` returns what the server has logged since. */
function spawnServer(
  { folder, user, binaries }: Cluster,
  logFile: string,
  port: number,
): { child: ChildProcess; readLog: () => string } {
  const settings = {
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: "",
    shared_buffers: "64MB",
    max_connections: 100,
    jit: "off",
    max_parallel_workers_per_gather: 0,
    log_line_prefix: "%m [%p] ",
  };
  const program = path.join(binaries.folder, "bin", "postgres");
  const args = ["-D", folder, ...Object.entries(settings).flatMap(([k, v]) => ["-c", `${k}=${v}`])];
  mkdirSync(path.dirname(logFile), { recursive: true });
  const log = openSync(logFile, "a");
  const before = fstatSync(log).size;
  const isWindows = process.platform === "win32";
  const command = isWindows ? program : "/bin/sh";
  const child = spawn(command, isWindows ? args : ["-c", guardScript, "sh", program, ...args], {
    cwd: isWindows ? folder : "/",
    detached: true,
    stdio: ["pipe", log, log],
    ...user.ids,
  });
  closeSync(log);
  child.on("error", () => undefined); // without a process, the exit code below reports it
  child.once("exit", () => child.stdin?.destroy());
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  return { child, readLog: () => readFileSync(logFile).subarray(before).toString() };
}

async function createDatabase(cluster: Cluster, port: number): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(cluster, port, "postgres") });
  await client.connect();
  try {
    const found = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [database]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${database}`);
  } finally {
    await client.end();
  }
}

async function stop(pid: number, guard: ChildProcess | undefined): Promise<void> {
  guard?.stdin?.destroy();
  for (const [signal, seconds] of [
    ["SIGINT", 4],
    ["SIGQUIT", 3],
  ] as const) {
    if (!isAlive(pid)) break;
    process.kill(pid, signal);
    const deadline = Date.now() + seconds * 1000;
    while (isAlive(pid) && Date.now() < deadline) await sleep(25);
  }
  if (isAlive(pid)) {
    throw new OpnasError("INTERNAL", `Postgres (process ${pid}) does not stop: end it by hand.`);
  }
  // The guard leads a process group, which is empty when the last of its shells has ended.
  const group = guard?.pid === undefined ? 0 : -guard.pid;
  for (let tries = 0; group !== 0 && isAlive(group) && tries < 100; tries += 1) await sleep(10);
}

async function hasEnded(pid: number): Promise<void> {
  while (isAlive(pid)) await sleep(500, undefined, { ref: false });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}
