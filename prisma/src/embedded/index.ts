import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { OpnasError } from "@opnas/core";
import pg from "pg";
import { findBinaries } from "./binaries.js";
import { openCluster, type Cluster } from "./cluster.js";
import { findRunning, urlOf } from "./postmaster.js";
import { isAlive } from "./processes.js";
import { launch, type Owned } from "./server.js";
import { chooseUser, defaultHomeForRoot } from "./systemUser.js";
import { own } from "./watchers.js";

export { runningPostgresUrl } from "./running.js";

/** The options of `startEmbeddedPostgres`. */
export interface EmbeddedPostgresOptions {
  /** Folder of the cluster and its password; created when missing. */
  folder: string;
  /** File to which the server's own log is appended. Default: postgres.log in `folder`. */
  logFile?: string;
  /** Preferred port, so that clients find the server again after a crash. Default: a free one. */
  port?: number;
  /**
   * Folder for the database when root starts it and `folder` is closed to the user that it runs as.
   * Default: /var/lib/opnas.
   */
  homeForRoot?: string;
  /** Receives messages about steps that take time. */
  report?: (message: string) => void;
}

/** A running embedded Postgres. */
export interface EmbeddedPostgres {
  /** Connection string of the database `opnas`. */
  url: string;
  port: number;
  pid: number;
  /** The cluster's real folder; in `homeForRoot` when root's data folder is closed to others. */
  cluster: string;
  /** True for a server that a killed launcher had left running. */
  reused: boolean;
  /** Resolves when the server has ended, by `stop` or by itself. */
  ended: Promise<void>;
  /** Stops the server within 10 seconds; open transactions are rolled back (fast shutdown). */
  stop(): Promise<void>;
}

const database = "opnas";
/** Time for the former owner's watchers, which may be about to end the server, to notice the new one. */
const settleMilliseconds = 200;

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
  const home = options.homeForRoot ?? defaultHomeForRoot;
  const user = await chooseUser(path.join(folder, "cluster"));
  const cluster = await openCluster(folder, user, home, await findBinaries(), report);
  const found = await takeOver(folder, cluster, report);
  const logFile = options.logFile ?? path.join(folder, "postgres.log");
  const server = found ?? (await launch(folder, cluster, logFile, options.port, report));
  const { postmaster, release } = server;
  const ended = hasEnded(postmaster.pid).then(release);
  await createDatabase(cluster, postmaster.port);
  return {
    url: urlOf(cluster, postmaster.port, database),
    port: postmaster.port,
    pid: postmaster.pid,
    cluster: cluster.folder,
    reused: found !== undefined,
    ended,
    stop: () => {
      release();
      return stop(postmaster.pid);
    },
  };
}

/** Becomes the owner of a server that a killed launcher left; undefined when there is none. */
async function takeOver(
  folder: string,
  cluster: Cluster,
  report: (message: string) => void,
): Promise<Owned | undefined> {
  for (;;) {
    const postmaster = await findRunning(cluster, report);
    if (postmaster === undefined) return undefined;
    const release = await own(folder, cluster.folder, postmaster.pid);
    await sleep(settleMilliseconds);
    if ((await findRunning(cluster, report))?.pid === postmaster.pid)
      return { postmaster, release };
    release();
  }
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

async function stop(pid: number): Promise<void> {
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
}

async function hasEnded(pid: number): Promise<void> {
  while (isAlive(pid)) await sleep(500, undefined, { ref: false });
}
