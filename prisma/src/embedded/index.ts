import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { createServer, Socket } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { OpnasError } from "@opnas/core";
import pg from "pg";
import { findBinaries } from "./binaries.js";
import { databaseError, openCluster, type Cluster } from "./cluster.js";
import {
  answers,
  findRunning,
  isAlive,
  readPidFile,
  urlOf,
  type Postmaster,
} from "./postmaster.js";
import { chooseUser } from "./systemUser.js";

export interface EmbeddedPostgresOptions {
  /** Holds the cluster and its password; made when missing. */
  folder: string;
  /** Where the server's own log is appended. Default: postgres.log in `folder`. */
  logFile?: string;
  /** Asked for after a crash, so that clients find the server where it was. Default: a free one. */
  port?: number;
  /** Told what takes time. */
  report?: (message: string) => void;
}

export interface EmbeddedPostgres {
  url: string;
  port: number;
  pid: number;
  /** The cluster's real folder; elsewhere than `folder` when root's data folder is closed to others. */
  cluster: string;
  /** True when the server was left running by a launcher that was killed. */
  reused: boolean;
  /** Resolves when the server is gone, by `stop` or by itself. */
  ended: Promise<void>;
  /** Fast shutdown: open transactions are rolled back; done within 10 seconds. */
  stop(): Promise<void>;
}

const database = "opnas";
const startSeconds = 120;

/**
 * Starts the Postgres that comes with the platform on 127.0.0.1, on a free port, behind a random
 * password; takes over one that a killed launcher left behind; creates the data on first use.
 *
 * The server ends with this process, however this process ends.
 *
 * @throws OpnasError BAD_SETTING (no binaries, data of another version), DATA_FOLDER_UNWRITABLE,
 *   DISK_FULL, INTERNAL with Postgres's own words.
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
    ended: gone(postmaster.pid),
    stop: () => stop(postmaster.pid, guard),
  };
}

/** Starts the server and waits until it answers; a port lost to another program is chosen anew. */
async function launch(
  cluster: Cluster,
  logFile: string,
  wantedPort: number | undefined,
  report: (message: string) => void,
): Promise<{ postmaster: Postmaster; guard: ChildProcess }> {
  const deadline = Date.now() + startSeconds * 1000;
  for (let port = wantedPort; ; port = undefined) {
    const chosen = port ?? (await freePort());
    const { child, said } = spawnServer(cluster, logFile, chosen);
    for (let polls = 1; child.exitCode === null && child.signalCode === null; polls += 1) {
      const now = await readPidFile(cluster.folder);
      const isOurs = now?.port === chosen && now.ready && isAlive(now.pid);
      if (isOurs && (await answers(cluster, chosen)) === "yes") {
        return { postmaster: now, guard: child };
      }
      if (polls % 40 === 0) report("Postgres is recovering from an unclean stop");
      if (Date.now() > deadline) {
        child.stdin?.end();
        throw databaseError(`Postgres did not answer within ${startSeconds} s`, said());
      }
      await sleep(50);
    }
    const output = said();
    const willPass = /could not bind|could not create any TCP|pre-existing shared memory|lock file/;
    if (!willPass.test(output) || Date.now() > deadline - (startSeconds - 15) * 1000) {
      throw databaseError("Postgres did not start", output);
    }
    await sleep(300);
  }
}

/**
 * A shell stands between us and Postgres: when our end of its standard input closes, by our death
 * too, it asks Postgres for a fast shutdown. `said` gives what the server has logged since.
 */
const guardScript = `
exec 3<&0
"$@" 3<&- </dev/null & server=$!
{ cat <&3 >/dev/null; kill -INT "$server"; } 2>/dev/null &
exec 3<&-
wait "$server"`;

function spawnServer(
  { folder, user, binaries }: Cluster,
  logFile: string,
  port: number,
): { child: ChildProcess; said: () => string } {
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
  child.on("error", () => undefined); // told by the exit code below: there is no process then
  child.once("exit", () => child.stdin?.destroy());
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  return { child, said: () => readFileSync(logFile).subarray(before).toString() };
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
  // The guard leads a process group, empty when the last of its shells has ended too.
  const group = guard?.pid === undefined ? 0 : -guard.pid;
  for (let tries = 0; group !== 0 && isAlive(group) && tries < 100; tries += 1) await sleep(10);
}

async function gone(pid: number): Promise<void> {
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
