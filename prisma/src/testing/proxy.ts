import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/**
 * Starts a TCP proxy in front of a Postgres. `cut` makes it swallow everything from then on, also on
 * new connections, without closing any: so does a network that is gone. `mend` serves new connections
 * again; those from before stay dead.
 */
export async function startProxy(databaseUrl: string) {
  const target = new URL(databaseUrl);
  const pairs = new Set<[Socket, Socket]>();
  let isCut = false;
  const swallow = (pair: [Socket, Socket]) => {
    for (const socket of pair) socket.unpipe().removeAllListeners("data").resume();
  };
  const server = createServer((client) => {
    const postgres = connect(Number(target.port), target.hostname);
    const pair: [Socket, Socket] = [client, postgres];
    pairs.add(pair);
    for (const socket of pair) {
      socket.on("error", () => undefined); // Either end may be killed by a test.
      socket.on("close", () => {
        if (isCut) return; // The other end hears nothing of it.
        pairs.delete(pair);
        for (const each of pair) each.destroy();
      });
    }
    client.pipe(postgres);
    postgres.pipe(client);
    if (isCut) swallow(pair);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The proxy has no port.");
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${address.port}`;
  return {
    url: url.href,
    cut: () => {
      isCut = true;
      for (const pair of pairs) swallow(pair);
    },
    mend: () => {
      isCut = false;
    },
    stop: async () => {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
