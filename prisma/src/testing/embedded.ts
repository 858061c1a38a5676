// What the tests of the embedded Postgres share: processes that start one, and looking at processes.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { createConnection } from "../connections.js";
import type { EmbeddedPostgresOptions } from "../embedded/index.js";

/** Returns true for a process that runs; one that has ended but is still listed does not. */
export { isAlive as alive } from "../embedded/processes.js";

/** Runs one statement on a database of its own connection. */
export async function query(url: string, sql: string): Promise<unknown[]> {
  const client = createConnection({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Waits until a condition holds, at most 10 s. */
export async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 200) throw new Error("it did not happen within 10 s");
    await sleep(50);
  }
}

/** Settings of the process that `launch` starts. */
export interface LauncherSettings {
  umask?: number;
  uid?: number;
  gid?: number;
  env?: NodeJS.ProcessEnv;
}

/**
 * Starts a process that starts the server with the built package and then waits.
 * @returns that process, and the server's process id
 * @throws Error with the launcher's own message when the server did not start
 */
export async function launch(
  options: EmbeddedPostgresOptions,
  { umask, uid, gid, env }: LauncherSettings = {},
): Promise<{ child: ChildProcess; pid: number }> {
  const module = new URL("../../dist/embedded/index.js", import.meta.url).href;
  const code = `${umask === undefined ? "" : `process.umask(${umask});`}
    const { startEmbeddedPostgres } = await import(${JSON.stringify(module)});
    try {
      const { pid } = await startEmbeddedPostgres(${JSON.stringify(options)});
      console.log(pid); setInterval(() => {}, 1000);
    } catch (error) { console.log(error.message); }`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
    stdio: ["ignore", "pipe", "inherit"],
    cwd: "/",
    uid,
    gid,
    env: env ?? process.env,
  });
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  if (!/^\d+$/.test(line)) throw new Error(line);
  return { child, pid: Number(line) };
}

/** Kills a process with -9 and waits for its end. */
export async function killed(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

/** Lists the processes that `parent` has started and that live (Linux, macOS). */
export async function childrenOf(parent: number): Promise<number[]> {
  const list = spawn("ps", ["-A", "-o", "pid=,ppid="], { stdio: ["ignore", "pipe", "inherit"] });
  const found: number[] = [];
  for await (const line of createInterface(list.stdout)) {
    const [pid = 0, itsParent = 0] = line.trim().split(/\s+/).map(Number);
    if (itsParent === parent && pid !== list.pid) found.push(pid);
  }
  return found;
}
