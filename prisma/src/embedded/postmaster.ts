import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { OpnasError } from "@opnas/core";
import pg from "pg";
import { superuser, type Cluster } from "./cluster.js";

/** A running server, as its file postmaster.pid describes it. */
export interface Postmaster {
  pid: number;
  port: number;
  /** False while the server starts, recovers or stops. */
  ready: boolean;
}

/** Returns the connection string of a database of the cluster on a local port. */
export function urlOf(cluster: Cluster, port: number, database: string): string {
  return `postgresql://${superuser}:${cluster.password}@127.0.0.1:${port}/${database}`;
}

/** Maximum wait for a server that starts, recovers or stops. */
const waitSeconds = 60;

/**
 * Finds a server that already runs on this cluster, left by a launcher that was killed.
 * @returns undefined when there is none, after waiting for one that is shutting down
 */
export async function findRunning(
  cluster: Cluster,
  report: (message: string) => void,
): Promise<Postmaster | undefined> {
  for (let tries = 0; tries < waitSeconds * 10; tries += 1) {
    const found = await readPidFile(cluster.folder);
    if (found === undefined || !(await isPostgres(found.pid))) return undefined;
    if ((await answers(cluster, found.port)) === "yes") return found;
    if (tries % 50 === 10) report(`waiting for the Postgres that already runs (${found.pid})`);
    await sleep(100);
  }
  return undefined; // another program; Postgres itself refuses to start on data in use
}

/**
 * Tests whether the server of this cluster answers on `port`.
 * @returns "not yet" while it starts, recovers or stops, or when another server listens there
 * @throws OpnasError `DATABASE_UNREACHABLE` when it refuses the connection for another reason (a
 * changed password)
 */
export async function answers(cluster: Cluster, port: number): Promise<"yes" | "not yet"> {
  const client = new pg.Client({ connectionString: urlOf(cluster, port, "postgres") });
  client.on("error", () => undefined); // a lost connection also fails the query below
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

/** Returns true when a process of this number exists, also one of another user. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Returns false when the process number of postmaster.pid now belongs to another program. */
async function isPostgres(pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform === "win32") return true;
  const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(async () =>
    promisify(execFile)("ps", ["-o", "comm=", "-p", String(pid)]).then(
      ({ stdout }) => stdout,
      () => "",
    ),
  );
  return name.includes("postgres");
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
