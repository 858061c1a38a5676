import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { createClient } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { writeResult } from "./writeResult.js";

const address = new URL(await testDatabase());
const sockets = new Set<Socket>();
let told: { mock: { calls: unknown[] } };
beforeEach(() => {
  told = vi.spyOn(console, "error").mockImplementation(() => undefined);
});
afterEach(() => void vi.restoreAllMocks());

/** Lets connections to a port through to the database. */
async function open(port = 0): Promise<Server> {
  const server = createServer((near) => {
    const far = connect(Number(address.port), address.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => (near.destroy(), far.destroy()));
    }
    near.pipe(far).pipe(near);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

async function cut(server: Server): Promise<void> {
  server.close();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await once(server, "close");
}

/** Opens the way to the database and a client that goes this way. */
async function throughProxy() {
  const server = await open();
  const place = server.address();
  const port = typeof place === "object" ? (place?.port ?? 0) : 0;
  const url = new URL(address);
  [url.hostname, url.port] = ["127.0.0.1", String(port)];
  return { server, port, db: createClient(url.href) };
}

const worker = {
  name: "test",
  engine: "wasm",
  engineReasons: [],
  threads: 1,
  slots: 1,
  status: "idle",
  currentJobs: [],
};

test("a result is kept while the database is away, and stored once it is back", async () => {
  const { server, port, db } = await throughProxy();
  const row = { id: "0199b1f0-0000-7000-8000-000000000002", ...worker };
  await db.worker.count();
  await cut(server);
  const written = writeResult(async () => {
    await db.worker.create({ data: row });
  }, new AbortController().signal);
  await vi.waitFor(() => expect(told.mock.calls.length).toBeGreaterThan(1), 20_000);
  const again = await open(port);
  await written;
  expect(await db.worker.findMany({ where: { id: row.id } })).toHaveLength(1);
  await db.$disconnect();
  await cut(again);
});

test("a result is given up with the claim", async () => {
  const { server, db } = await throughProxy();
  await cut(server);
  const claim = new AbortController();
  const count = async () => {
    await db.worker.count();
  };
  const written = writeResult(count, claim.signal);
  const outcome = expect(written).rejects.toMatchObject({ code: "DATABASE_UNREACHABLE" });
  await vi.waitFor(() => expect(told.mock.calls.length).toBeGreaterThan(0), 20_000);
  claim.abort();
  await outcome;
  await db.$disconnect();
});

test("an error that repeating does not help is thrown at once", async () => {
  const { server, db } = await throughProxy();
  const write = async () => {
    await db.$queryRaw`SELECT 1 / 0`;
  };
  await expect(writeResult(write, new AbortController().signal)).rejects.toThrow(
    "division by zero",
  );
  expect(told.mock.calls).toEqual([]);
  await db.$disconnect();
  await cut(server);
});
