import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** Bytes of a message's type and length; the startup message has no type. */
const headerBytes = 5;

/**
 * Starts a TCP proxy in front of a Postgres that counts the statements which pass through it: simple
 * queries and executions of prepared ones, as Postgres' protocol has them.
 */
export async function countStatements(databaseUrl: string) {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((client) => {
    const postgres = connect(Number(target.port), target.hostname);
    for (const socket of [client, postgres]) {
      sockets.add(socket);
      // Otherwise a message of several parts waits up to 40 ms for the other end's acknowledgement.
      socket.setNoDelay(true);
      socket.on("error", () => undefined); // The other end hears of it by the close.
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        postgres.destroy();
      });
    }
    client.on(
      "data",
      messageCounter((type) => (count += type === "Q" || type === "E" ? 1 : 0)),
    );
    client.pipe(postgres);
    postgres.pipe(client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The proxy has no port.");
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${address.port}`;
  return {
    url: url.href,
    /** The statements so far. */
    count: () => count,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Returns a listener that calls `see` with the type of each message of a client after its startup message. */
function messageCounter(see: (type: string) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  let isStarted = false;
  let skip = 0;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const skipped = Math.min(skip, rest.length);
      rest = rest.subarray(skipped);
      skip -= skipped;
      if (skip > 0 || rest.length < headerBytes) return;
      if (isStarted) see(String.fromCharCode(rest.readUInt8(0)));
      // The length includes itself, not the type.
      skip = isStarted ? 1 + rest.readUInt32BE(1) : rest.readUInt32BE(0);
      isStarted = true;
    }
  };
}
