import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findBinaries } from "./binaries.js";
import { openCluster } from "./cluster.js";
import { isAlive } from "./processes.js";
import { serve, stop } from "./serving.js";
import { chooseUser, defaultHomeForRoot } from "./systemUser.js";
import { removeOldClusters, upgradeIfOlder } from "./upgrade.js";

export { freePort } from "./freePort.js";
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

/**
 * Starts the Postgres that comes with the platform on a free port of 127.0.0.1, with a random
 * password. Creates the data on first use, takes over a server that a killed launcher left, and carries
 * data of an older major version over to this one (decision 0031).
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
  const installed = await findBinaries();
  const logFile = options.logFile ?? path.join(folder, "postgres.log");
  const wasUpgraded = await upgradeIfOlder({ folder, user, home, installed, logFile, report });
  const cluster = await openCluster(folder, user, home, installed, report);
  const server = await serve(folder, cluster, logFile, options.port, report);
  const { postmaster, release, reused, url } = server;
  const ended = hasEnded(postmaster.pid).then(release);
  if (!wasUpgraded) await removeOldClusters(folder);
  return {
    url,
    port: postmaster.port,
    pid: postmaster.pid,
    cluster: cluster.folder,
    reused,
    ended,
    stop: () => stop(server),
  };
}

async function hasEnded(pid: number): Promise<void> {
  while (isAlive(pid)) await sleep(500, undefined, { ref: false });
}
