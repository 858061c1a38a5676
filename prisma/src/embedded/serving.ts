import { setTimeout as sleep } from "node:timers/promises";
import { OpnasError } from "@opnas/core";
import { createConnection } from "../connections.js";
import type { Cluster } from "./cluster.js";
import { findRunning, urlOf } from "./postmaster.js";
import { isAlive } from "./processes.js";
import { launch, type Owned } from "./server.js";
import { own } from "./watchers.js";

/** Name of the platform's database. */
export const database = "opnas";

/** Time for the former owner's watchers, which may be about to end the server, to notice the new one. */
const settleMilliseconds = 200;

/** A server of a cluster that ends with this process. */
export interface Served extends Owned {
  /** True for a server that a killed launcher had left running. */
  reused: boolean;
  /** Connection string of the database `opnas`, which is there. */
  url: string;
}

/**
 * Takes over the cluster's server that a killed launcher left, or starts one, and makes the database.
 * @param folder folder of the cluster, where its owner is kept
 * @throws OpnasError as `launch`
 */
export async function serve(
  folder: string,
  cluster: Cluster,
  logFile: string,
  port: number | undefined,
  report: (message: string) => void,
): Promise<Served> {
  const found = await takeOver(folder, cluster, report);
  const server = found ?? (await launch(folder, cluster, logFile, port, report));
  await createDatabase(cluster, server.postmaster.port);
  const url = urlOf(cluster, server.postmaster.port, database);
  return { ...server, reused: found !== undefined, url };
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
  const client = createConnection({ connectionString: urlOf(cluster, port, "postgres") });
  await client.connect();
  try {
    const found = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [database]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${database}`);
  } finally {
    await client.end();
  }
}

/** Stops a server within 10 seconds; open transactions are rolled back (fast shutdown). */
export async function stop({ postmaster: { pid }, release }: Owned): Promise<void> {
  release();
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
