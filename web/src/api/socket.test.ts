import { once } from "node:events";
import { MessageType, parseMessage, stringifyMessage } from "graphql-ws";
import { afterEach, expect, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { Connection } from "./connection";
import { openSocket, retryDelay } from "./socket";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Connects to a server that answers pings, or is as silent as one behind a network that is gone. */
async function connected() {
  const server = new WebSocketServer({
    host: "127.0.0.1",
    port: 0,
    handleProtocols: () => "graphql-transport-ws",
  });
  await once(server, "listening");
  let isSilent = false;
  server.on("connection", (client) =>
    client.on("message", (data: Buffer) => {
      const { type } = parseMessage(data.toString());
      if (type === MessageType.ConnectionInit) {
        client.send(stringifyMessage({ type: MessageType.ConnectionAck }));
      }
      if (type === MessageType.Ping && !isSilent) {
        client.send(stringifyMessage({ type: MessageType.Pong }));
      }
    }),
  );
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("It has no port.");
  const [connection, network] = [new Connection(), new EventTarget()];
  const url = `ws://127.0.0.1:${address.port}`;
  const socket = openSocket({ url, connection, network, webSocketImpl: WebSocket });
  closing.push(
    () => socket.dispose(),
    () => server.clients.forEach((client) => client.terminate()),
    () => server.close(),
  );
  await vi.waitFor(() => expect(connection.snapshot().state).toBe("live"), 10_000);
  return {
    connection,
    network,
    fallSilent: () => {
      isSilent = true;
    },
    /** Lets the answers through that were held back. */
    speak: () => {
      isSilent = false;
      for (const client of server.clients)
        client.send(stringifyMessage({ type: MessageType.Pong }));
    },
  };
}

test("a server that is silent is not called live, and a sign of life is enough to be so again", async () => {
  const { connection, fallSilent, speak } = await connected();
  fallSilent();
  await vi.waitFor(() => expect(connection.snapshot().state).toBe("lost"), 10_000);
  speak();
  await vi.waitFor(
    () => expect(connection.snapshot()).toEqual({ state: "live", epoch: 0 }),
    10_000,
  );
});

test("a browser that is offline is not live at once, though nothing was lost when it was not", async () => {
  const { connection, network } = await connected();
  network.dispatchEvent(new Event("offline"));
  expect(connection.snapshot().state).toBe("lost");
  await vi.waitFor(() => expect(connection.snapshot().state).toBe("live"), 10_000);
  expect(connection.snapshot().epoch).toBe(0);
});

test("the delay between retries doubles up to a limit", () => {
  const delays = [0, 1, 2, 3, 4, 50].map((attempt) => retryDelay(attempt, 0));
  expect(delays).toEqual([400, 800, 1600, 3200, 5000, 5000]);
});

test("jitter adds at most a third to the delay", () => {
  expect(retryDelay(0, 0.999)).toBeLessThan(400 * (4 / 3));
  expect(retryDelay(0, 0.5)).toBeGreaterThan(retryDelay(0, 0));
});
