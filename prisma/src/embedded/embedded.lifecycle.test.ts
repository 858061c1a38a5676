import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "./index.js";

let folder: string;
let running: EmbeddedPostgres[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "opnas-embedded-"));
  await chmod(folder, 0o755);
  running = [];
});

afterEach(async () => {
  for (const server of running) await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(port?: number): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ folder, ...(port === undefined ? {} : { port }) });
  running.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 200) throw new Error("it did not happen within 10 s");
    await sleep(50);
  }
}

/** Starts another process that starts the server and then waits; returns the server's process id. */
async function launcher(): Promise<{ child: ChildProcess; pid: number }> {
  const module = new URL("../../dist/embedded/index.js", import.meta.url).href;
  const code = `const { startEmbeddedPostgres } = await import(${JSON.stringify(module)});
    const { pid } = await startEmbeddedPostgres({ folder: ${JSON.stringify(folder)} });
    console.log(pid); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  return { child, pid: Number(line) };
}

async function killed(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

describe("the embedded Postgres", () => {
  test("creates its data on first use and keeps it across a restart", async () => {
    const first = await start();
    await query(first.url, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (42)");
    await first.stop();
    expect(alive(first.pid)).toBe(false);
    const second = await start();
    expect(second.reused).toBe(false);
    expect(await query(second.url, "SELECT n FROM kept")).toEqual([{ n: 42 }]);
  });

  test("listens on loopback only and refuses a wrong password", async () => {
    const { url } = await start();
    expect(await query(url, "SHOW listen_addresses")).toEqual([{ listen_addresses: "127.0.0.1" }]);
    const wrong = new URL(url);
    wrong.password = "guessed";
    await expect(query(wrong.href, "SELECT 1")).rejects.toThrow(/password authentication failed/);
    expect((await stat(path.join(folder, "password"))).mode & 0o777).toBe(0o600);
  });

  test("ends with a launcher that was killed with -9", async () => {
    const { child, pid } = await launcher();
    await killed(child);
    await until(() => !alive(pid));
    expect((await start()).reused).toBe(false);
  });

  test("takes over a server whose launcher and guard were both killed with -9", async () => {
    const { child, pid } = await launcher();
    const members = await guardOf(pid);
    for (const member of members) process.kill(member, "SIGSTOP");
    await killed(child);
    for (const member of members) process.kill(member, "SIGKILL");
    expect(alive(pid)).toBe(true);
    const server = await start();
    expect(server).toMatchObject({ reused: true, pid });
    await server.stop();
    expect(alive(pid)).toBe(false);
  });

  test("recovers committed rows after the server itself was killed with -9", async () => {
    const first = await start();
    await query(first.url, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)");
    process.kill(first.pid, "SIGKILL");
    await first.ended;
    const second = await start(first.port);
    expect(second.port).toBe(first.port);
    expect(await query(second.url, "SELECT n FROM kept")).toEqual([{ n: 7 }]);
  });

  test("takes a free port when the preferred one is taken", async () => {
    const first = await start();
    const other = folder;
    folder = await mkdtemp(path.join(tmpdir(), "opnas-embedded-"));
    await chmod(folder, 0o755);
    const second = await start(first.port);
    expect(second.port).not.toBe(first.port);
    await second.stop();
    await rm(folder, { recursive: true });
    folder = other;
  });

  test("says what to do about data of another Postgres version", async () => {
    const server = await start();
    await server.stop();
    const cluster = await realpath(path.join(folder, "cluster"));
    expect(await readFile(path.join(cluster, "PG_VERSION"), "utf8")).toBe("18\n");
    await writeFile(path.join(cluster, "PG_VERSION"), "15\n");
    await expect(start()).rejects.toThrow(
      /made by Postgres 15 and this version brings Postgres 18/,
    );
  });

  test("starts over a postmaster.pid that holds the process id of another program", async () => {
    const server = await start();
    process.kill(server.pid, "SIGKILL");
    await server.ended;
    const cluster = await realpath(path.join(folder, "cluster"));
    const file = path.join(cluster, "postmaster.pid");
    const lines = (await readFile(file, "utf8")).split("\n");
    await writeFile(file, ["1", ...lines.slice(1)].join("\n"));
    expect((await start()).reused).toBe(false);
  });

  test.runIf(process.getuid?.() === 0)(
    "creates its data where its user can reach it when root's folder is closed to others",
    async () => {
      await chmod(folder, 0o700);
      const server = await start();
      expect(server.cluster).toMatch(/^\/var\/lib\/opnas\/cluster-/);
      expect(await realpath(path.join(folder, "cluster"))).toBe(server.cluster);
      await server.stop();
      await rm(server.cluster, { recursive: true });
    },
  );
});

/** Returns the process ids of a server's guard shell and of its other children (Linux, macOS). */
async function guardOf(server: number): Promise<number[]> {
  const list = spawn("ps", ["-A", "-o", "pid=,ppid="], { stdio: ["ignore", "pipe", "inherit"] });
  const rows: [number, number][] = [];
  for await (const line of createInterface(list.stdout)) {
    const [pid = 0, parent = 0] = line.trim().split(/\s+/).map(Number);
    rows.push([pid, parent]);
  }
  const guard = rows.find(([pid]) => pid === server)?.[1] ?? 0;
  const below = (top: number): number[] =>
    rows
      .filter(([pid, parent]) => parent === top && pid !== server)
      .flatMap(([pid]) => [pid, ...below(pid)]);
  return [guard, ...below(guard)];
}
