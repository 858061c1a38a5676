import type { ChildProcess } from "node:child_process";
import { chmod, mkdtemp, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { alive, childrenOf, killed, launch, query, until } from "../testing/embedded.js";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "./index.js";

let folder: string;
let running: EmbeddedPostgres[];

// One cluster for all tests: making it takes most of a test's time.
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "opnas-embedded-"));
  await chmod(folder, 0o755);
});

beforeEach(() => {
  running = [];
});

afterEach(async () => {
  for (const server of running) await server.stop();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function start(port?: number): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ folder, ...(port === undefined ? {} : { port }) });
  running.push(server);
  return server;
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
    const { child, pid } = await launch({ folder });
    await killed(child);
    await until(() => !alive(pid));
    expect((await start()).reused).toBe(false);
  });

  test("ends although a watcher was killed with -9 together with its launcher", async () => {
    const { child, pid } = await launch({ folder });
    const [watcher = 0] = await watchersOf(child.pid, pid);
    process.kill(watcher, "SIGSTOP");
    await killed(child);
    process.kill(watcher, "SIGKILL");
    await until(() => !alive(pid));
  });

  test("gets another watcher when one was killed with -9, and stays in use", async () => {
    const { child, pid } = await launch({ folder });
    const first = await watchersOf(child.pid, pid);
    for (const watcher of first) process.kill(watcher, "SIGKILL");
    // A killed process is listed until its parent has noticed.
    let later: number[] = [];
    while (later.length < first.length) {
      later = (await watchersOf(child.pid, pid)).filter((watcher) => !first.includes(watcher));
    }
    expect(alive(pid)).toBe(true);
    await killed(child);
    await until(() => !alive(pid));
  });

  test("taken over after launcher and watchers were killed with -9 ends with its new launcher", async () => {
    const { child, pid } = await launch({ folder });
    await killedWithWatchers(child, pid);
    expect(alive(pid)).toBe(true);
    const next = await launch({ folder });
    expect(next.pid).toBe(pid);
    await killed(next.child);
    await until(() => !alive(pid));
  });

  test("taken over stays when the watchers of its former launcher wake up late", async () => {
    const { child, pid } = await launch({ folder });
    const watchers = await watchersOf(child.pid, pid);
    for (const watcher of watchers) process.kill(watcher, "SIGSTOP");
    await killed(child);
    const server = await start();
    expect(server).toMatchObject({ reused: true, pid });
    for (const watcher of watchers) process.kill(watcher, "SIGCONT");
    await until(() => !watchers.some(alive));
    await sleep(100);
    expect(await query(server.url, "SELECT 1 AS n")).toEqual([{ n: 1 }]);
    await server.stop();
    await until(() => !alive(pid));
  });

  test("recovers committed rows after the server itself was killed with -9", async () => {
    const first = await start();
    await query(first.url, "CREATE TABLE committed (n int); INSERT INTO committed VALUES (7)");
    process.kill(first.pid, "SIGKILL");
    await first.ended;
    const second = await start(first.port);
    expect(second.port).toBe(first.port);
    expect(await query(second.url, "SELECT n FROM committed")).toEqual([{ n: 7 }]);
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
    await writeFile(path.join(cluster, "PG_VERSION"), "18\n");
  });
});

/** Lists the watchers that a launcher has started for a server. */
async function watchersOf(launcher: number | undefined, server: number): Promise<number[]> {
  return (await childrenOf(launcher ?? 0)).filter((pid) => pid !== server);
}

async function killedWithWatchers(launcher: ChildProcess, server: number): Promise<void> {
  const watchers = await watchersOf(launcher.pid, server);
  for (const watcher of watchers) process.kill(watcher, "SIGSTOP");
  await killed(launcher);
  for (const watcher of watchers) process.kill(watcher, "SIGKILL");
}
