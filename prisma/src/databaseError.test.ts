import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { createConnection } from "./connections.js";
import { databaseError } from "./databaseError.js";

test("a database that takes connections but begins no session in time is unreachable", async () => {
  const sockets: Socket[] = [];
  // So does a Postgres that is too busy to begin one.
  const silent = createServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const address = silent.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  const connectionString = `postgresql://opnas@127.0.0.1:${address.port}/opnas`;
  const client = createConnection({ connectionString, connectionTimeoutMillis: 50 });
  try {
    const error: unknown = await client.connect().catch((thrown: unknown) => thrown);
    expect(databaseError(error)).toMatchObject({ code: "DATABASE_UNREACHABLE", kind: "retryable" });
  } finally {
    for (const socket of sockets) socket.destroy();
    silent.close();
  }
});
