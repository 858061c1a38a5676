import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { createClient, openQueue, reportWorker } from "@opnas/prisma";
import { RunMaker, testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { EventFollower } from "../support/eventFollower.js";

const databaseUrl = await testDatabase();
const db = createClient(databaseUrl);
const queue = await openQueue(databaseUrl, { supervise: false, onError: console.error });
const servers: ChildProcess[] = [];
afterAll(async () => {
  for (const server of servers) {
    const exited = once(server, "exit");
    server.kill("SIGTERM");
    await exited;
  }
  await queue.stop({ graceful: false });
  await db.$disconnect();
});

/** Starts a server process. @returns its port */
async function startServer(): Promise<number> {
  const program = fileURLToPath(new URL("../../server/dist/main.js", import.meta.url));
  const env = { ...process.env, DATABASE_URL: databaseUrl, OPNAS_API_PORT: "0" };
  const server = fork(program, { env, stdio: ["ignore", "ignore", "inherit", "ipc"] });
  servers.push(server);
  const said: unknown[] = await once(server, "message");
  return z.object({ port: z.int() }).parse(said[0]).port;
}

test("clients that go from one server to the other a hundred times, while a run gets on, see each of its events once and in order", async () => {
  const ports = await Promise.all([startServer(), startServer()]);
  const workerId = randomUUID();
  await reportWorker(db, {
    id: workerId,
    name: "a worker",
    engine: "wasm 1",
    engineReasons: [],
    threads: 1,
    slots: 1,
    status: "busy",
    currentJobs: [],
  });
  const maker = new RunMaker(db, queue, workerId);
  const keys = Array.from({ length: 120 }, (_, index) => `key ${index}`);
  const { runId, ids } = await maker.searchingRun(keys, { population: 120 });
  const followers = Array.from(
    { length: 6 },
    (_, index) => new EventFollower(index % 2 === 0 ? ports : ports.toReversed(), runId, 1),
  );
  const idle = Array.from({ length: 20 }, () => new EventFollower(ports, runId));
  for (const [index, id] of ids.entries()) await maker.evaluate(runId, id, index);

  const { lastSeq } = await db.searchRun.findUniqueOrThrow({ where: { id: runId } });
  await Promise.all([...followers, ...idle].map((follower) => follower.end(lastSeq, 60)));
  const expected = Array.from({ length: lastSeq }, (_, index) => index + 1);
  for (const { seen } of [...followers, ...idle]) expect(seen).toEqual(expected);
  for (const { connections } of followers) expect(connections).toBeGreaterThanOrEqual(100);
}, 180_000);
