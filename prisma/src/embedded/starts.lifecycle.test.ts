import { spawn, type ChildProcess } from "node:child_process";
import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { alive, killed, launch, query, until } from "../testing/embedded.js";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "./index.js";

const isRoot = process.getuid?.() === 0;
let folder: string;
let homeForRoot: string;
let running: EmbeddedPostgres[];
let others: ChildProcess[];

beforeEach(async () => {
  const top = await mkdtemp(path.join(tmpdir(), "opnas-embedded-"));
  await chmod(top, 0o755);
  folder = path.join(top, "data");
  homeForRoot = path.join(top, "home");
  running = [];
  others = [];
});

afterEach(async () => {
  for (const server of running) await server.stop();
  for (const other of others) other.kill("SIGKILL");
  await rm(path.dirname(folder), { recursive: true, force: true });
});

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ folder, homeForRoot });
  running.push(server);
  return server;
}

/** Ends a server as a power cut does. */
async function cut(server: EmbeddedPostgres): Promise<void> {
  process.kill(server.pid, "SIGKILL");
  await server.ended;
}

/** Starts a program that runs as the user of the server. */
async function otherProgram(cluster: string): Promise<number> {
  const { uid, gid } = await stat(cluster);
  const other = spawn("sleep", ["600"], { stdio: "ignore", ...(isRoot ? { uid, gid } : {}) });
  others.push(other);
  return other.pid ?? 0;
}

describe("the embedded Postgres starts although", () => {
  test("postmaster.pid, after a power cut, is no server's", async () => {
    const mine = folder;
    folder = path.join(path.dirname(mine), "other");
    const other = await start();
    folder = mine;
    const first = await start();
    await query(first.url, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)");
    await cut(first);
    const file = path.join(first.cluster, "postmaster.pid");
    const [, ...rest] = (await readFile(file, "utf8")).split("\n");
    const program = await otherProgram(first.cluster);
    const named = (pid: number) => [String(pid), ...rest].join("\n");
    // Another program of its user, a container's first process, the server of another cluster; cut off.
    const contents = [named(program), named(1), named(other.pid), ""];
    for (const content of contents) {
      await writeFile(file, content);
      const server = await start();
      expect(server.reused).toBe(false);
      expect(await query(server.url, "SELECT n FROM kept")).toEqual([{ n: 7 }]);
      await cut(server);
    }
    expect(alive(program)).toBe(true);
    expect(alive(other.pid)).toBe(true);
  });

  test.runIf(isRoot)("root's umask closes what it makes", async () => {
    const { child, pid } = await launch({ folder, homeForRoot }, { umask: 0o077 });
    await killed(child);
    await until(() => !alive(pid));
    expect((await start()).cluster).toMatch(homeForRoot);
  });

  test.runIf(isRoot)("an earlier start left a closed folder for root's database", async () => {
    await mkdir(folder, { mode: 0o700 });
    await mkdir(homeForRoot, { mode: 0o700 });
    const first = await start();
    expect(first.cluster).toMatch(`${homeForRoot}/cluster-`);
    expect(await realpath(path.join(folder, "cluster"))).toBe(first.cluster);
    await first.stop();
    await chmod(homeForRoot, 0o700);
    expect((await start()).cluster).toBe(first.cluster);
  });

  test.runIf(isRoot)("its user has a number and no name", async () => {
    await mkdir(folder);
    await chmod(folder, 0o777);
    const { child, pid } = await launch(
      { folder: path.join(folder, "postgres") },
      { uid: 12_345, gid: 12_345, env: { PATH: process.env.PATH } },
    );
    await killed(child);
    await until(() => !alive(pid));
  });
});

test("the embedded Postgres begins no empty database in the place of one that is gone", async () => {
  await mkdir(folder);
  await symlink(path.join(homeForRoot, "cluster-gone"), path.join(folder, "cluster"));
  await expect(start()).rejects.toThrow(/was kept in .*cluster-gone, which is not there any more/);
});

describe("the embedded Postgres says who may not read what, when", () => {
  test.runIf(isRoot)("the database's folder is closed to the user of the server", async () => {
    const server = await start();
    await server.stop();
    await chmod(path.dirname(folder), 0o700);
    await expect(start()).rejects.toThrow(
      /^The database in .* cannot be read by user \d+: .*opnas-embedded-\w+ is closed to it/,
    );
  });

  test("the folder is closed to the user who starts", async () => {
    await mkdir(folder);
    await chmod(folder, 0o777);
    const own = path.join(folder, "postgres");
    const who = isRoot ? { uid: 12_345, gid: 12_345 } : {};
    const { child, pid } = await launch({ folder: own }, who);
    await killed(child);
    await until(() => !alive(pid));
    await chmod(path.join(own, "cluster"), 0o000);
    await expect(launch({ folder: own }, who)).rejects.toThrow(
      /^The database in .*postgres.cluster cannot be read by user \d+: .*cluster is closed to it/,
    );
    await chmod(own, 0o000);
    await expect(launch({ folder: own }, who)).rejects.toThrow(/postgres is closed to it/);
    await chmod(own, 0o700);
  });
});
