import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { OpnasError } from "@opnas/core";
import { createConnection } from "../connections.js";
import { undefinedIfAbsent } from "./absent.js";
import type { Cluster } from "./cluster.js";
import { superuser } from "./initdb.js";
import { isServerOf } from "./processes.js";

/** A running server, as its file postmaster.pid describes it. */
export interface Postmaster {
  pid: number;
  port: number;
  /** False while the server starts, recovers or stops. */
  ready: boolean;
}

/** The part of a cluster by which its server is found. */
type ClusterAddress = Pick<Cluster, "folder" | "password">;

/** Returns the connection string of a database of the cluster on a local port. */
export function urlOf(cluster: ClusterAddress, port: number, database: string): string {
  return `postgresql://${superuser}:${cluster.password}@127.0.0.1:${port}/${database}`;
}

/** Maximum wait for a server that starts, recovers or stops. */
const waitSeconds = 60;

/**
 * Finds a server that already runs on this cluster, left by a launcher that was killed.
 * @returns undefined when there is none, after waiting for one that is shutting down
 */
export async function findRunning(
  cluster: ClusterAddress,
  report: (message: string) => void,
): Promise<Postmaster | undefined> {
  for (let tries = 0; tries < waitSeconds * 10; tries += 1) {
    const found = await readPidFile(cluster.folder);
    if (found === undefined || !(await isServerOf(cluster.folder, found.pid))) return undefined;
    if ((await answers(cluster, found.port)) === "yes") return found;
    if (tries % 50 === 10) report(`waiting for the Postgres that already runs (${found.pid})`);
    await sleep(100);
  }
  return undefined; // Postgres itself refuses to start on data in use
}

/**
 * Looks at a postmaster.pid that a crash left and for which Postgres would refuse to start. Removes one
 * that names no process at all, as a power cut can leave it.
 * @returns the process number in it when another program has that number now
 */
export async function findStalePid(folder: string): Promise<number | undefined> {
  const file = path.join(folder, "postmaster.pid");
  const read = () => readFile(file, "utf8").catch(undefinedIfAbsent);
  const isPid = (text: string) => Number.parseInt(text, 10) > 0;
  let text = await read();
  if (text !== undefined && !isPid(text)) {
    await sleep(1_000); // a server that starts at this moment is about to write it
    text = await read();
    if (text !== undefined && !isPid(text)) await rm(file, { force: true });
  }
  if (text === undefined || !isPid(text)) return undefined;
  const pid = Number.parseInt(text, 10);
  return (await isServerOf(folder, pid)) ? undefined : pid;
}

/**
 * Tests whether the server of this cluster answers on `port`.
 * @returns "not yet" while it starts, recovers or stops, or when another server listens there
 * @throws OpnasError `DATABASE_UNREACHABLE` when it refuses the connection for another reason (a
 * changed password)
 */
export async function answers(cluster: ClusterAddress, port: number): Promise<"yes" | "not yet"> {
  const client = createConnection({ connectionString: urlOf(cluster, port, "postgres") });
  try {
    await client.connect();
    const { rows } = await client.query<{ folder: string }>(
      "SELECT current_setting('data_directory') AS folder",
    );
    return rows[0]?.folder === cluster.folder ? "yes" : "not yet";
  } catch (error) {
    if (isConnectionTrouble(error)) return "not yet";
    throw new OpnasError(
      "DATABASE_UNREACHABLE",
      `The embedded Postgres refuses us: ${String(error)}`,
      {
        cause: error,
      },
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Reads postmaster.pid of a data folder; undefined when there is none or it is incomplete. */
export async function readPidFile(folder: string): Promise<Postmaster | undefined> {
  const text = await readFile(path.join(folder, "postmaster.pid"), "utf8").catch(() => "");
  const lines = text.split("\n");
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  const ready = lines[7]?.trim() === "ready";
  return pid > 0 && port > 0 ? { pid, port, ready } : undefined;
}

const troubleCodes = [
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "57P01",
  "57P02",
  "57P03",
];

function isConnectionTrouble(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.message.startsWith("Connection terminated")) return true;
  return "code" in error && troubleCodes.includes(String(error.code));
}
