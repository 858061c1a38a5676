import { connect } from "node:net";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import WebSocket from "ws";
import { eventually, Subscription, testServer, webSocketClient } from "../testing/client.js";

const databaseUrl = await testDatabase();
const server = await testServer(databaseUrl);
afterAll(() => server.stop());

test.each(["next", "error", "connection_ack"])(
  "a client that sends %s, as only servers do, is closed without a word in the log",
  async (type) => {
    const lines = server.log.lines.length;
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/graphql`, "graphql-transport-ws");
    await new Promise((resolve) => socket.once("open", resolve));
    socket.send(
      JSON.stringify({ type, id: "1", payload: type === "error" ? [{ message: "" }] : {} }),
    );
    const code = await new Promise((resolve) => socket.once("close", resolve));
    expect(code).toBe(4400);
    expect(server.log.lines).toHaveLength(lines);
  },
);

test("a connection that breaks the GraphQL over WebSocket protocol is closed, and the server goes on", async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/graphql`, "graphql-transport-ws");
  await new Promise((resolve) => socket.once("open", resolve));
  socket.send("nonsense");
  const code = await new Promise((resolve) => socket.once("close", resolve));
  expect(code).toBe(4400);
  const raw = connect(server.port, "127.0.0.1");
  raw.resume().end("GARBAGE\r\n\r\n");
  await new Promise((resolve) => raw.once("close", resolve));
  expect((await server.ask("{ presets { name } }")).errors).toBeUndefined();
});

test("a stop closes clients with 1001, ends within seconds and leaves nothing open", async () => {
  const other = await testServer(databaseUrl);
  const watching = new Subscription(other.port, "subscription { workersChanged { id } }");
  await watching.until((messages) => messages.length === 1);
  const began = performance.now();
  await other.stop();
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(await watching.ended()).toMatchObject({ code: 1001 });
  await watching.leave();
  await expect(fetch(other.url)).rejects.toThrow();
  expect(other.services.notifications.listenerCount).toBe(1);
});

test("a WebSocket has a bounded number of operations under way, and ended ones count no more", async () => {
  const client = webSocketClient(server.port);
  const query = "subscription { workersChanged { id } }";
  const open = () => {
    const iterator = client.iterate({ query });
    return { iterator, first: iterator.next() };
  };
  const many = Array.from({ length: 100 }, open);
  await Promise.all(many.map(({ first }) => first));
  await expect(open().first).rejects.toMatchObject([{ extensions: { code: "TOO_LARGE" } }]);
  await many[0]?.iterator.return?.();
  await eventually(() =>
    open().first.then(
      () => true,
      () => false,
    ),
  );
  await client.dispose();
});

test("a costly operation is refused over WebSocket too, with a page's length from its variables", async () => {
  const client = webSocketClient(server.port);
  const query = `query ($n: Int) { searchRuns(first: $n) { edges { node {
    architectures(first: $n) { edges { node { id name score params flops } } } } } } }`;
  const refused = client.iterate({ query, variables: { n: 100 } }).next();
  await expect(refused).rejects.toMatchObject([
    { extensions: { code: "GRAPHQL_VALIDATION_FAILED" } },
  ]);
  const { errors } = await server.ask(query, { n: 100 });
  expect(errors?.[0]?.message).toMatch(/could answer with \d+ objects/);
  expect((await server.ask(query, { n: 10 })).errors).toBeUndefined();
  await client.dispose();
});
