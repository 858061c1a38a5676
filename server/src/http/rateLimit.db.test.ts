import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import { testServer, webSocketClient } from "../testing/client.js";

const databaseUrl = await testDatabase();
const query = "{ presets { name } }";
const stops: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(stops.map((stop) => stop())));

async function limited(limits: Parameters<typeof testServer>[1]) {
  const server = await testServer(databaseUrl, limits);
  stops.push(() => server.stop());
  return server;
}

function post(url: string, body: unknown) {
  const headers = { "content-type": "application/json" };
  return fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
}

test("who asks too often is told to wait, over HTTP and WebSocket alike", async () => {
  const server = await limited({ operationsPerMinute: 5 });
  for (let asked = 0; asked < 5; asked++) expect((await server.ask(query)).errors).toBeUndefined();
  const refused = await post(server.url, { query });
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({
    errors: [{ extensions: { code: "RATE_LIMITED", kind: "retryable" } }],
  });
  const client = webSocketClient(server.port);
  const answer = client.iterate({ query }).next();
  await expect(answer).rejects.toMatchObject([{ extensions: { code: "RATE_LIMITED" } }]);
  await client.dispose();
  expect((await fetch(server.url.replace("graphql", "health"))).status).toBe(200);
});

test("processes that count in Postgres share the limit", async () => {
  const limits = { operationsPerMinute: 6, rateLimitStore: "postgres" } as const;
  const servers = [await limited(limits), await limited(limits)];
  const statuses: number[] = [];
  for (let asked = 0; asked < 8; asked++) {
    const server = servers[asked % 2];
    if (server !== undefined) statuses.push((await post(server.url, { query })).status);
  }
  expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429, 429]);
});

test("the subscriptions of one user are limited over all its connections", async () => {
  const server = await limited({ subscriptions: 3 });
  const open = () => {
    const client = webSocketClient(server.port);
    const messages = client.iterate({ query: "subscription { workersChanged { id } }" });
    return { client, first: messages.next() };
  };
  const opened = [open(), open(), open()];
  await Promise.all(opened.map(({ first }) => first));
  const refused = open();
  await expect(refused.first).rejects.toMatchObject([{ extensions: { code: "TOO_LARGE" } }]);
  await opened[0]?.client.dispose();
  await expect.poll(() => tryAgain()).toBe(true);
  for (const { client } of [...opened, refused]) await client.dispose();

  async function tryAgain(): Promise<boolean> {
    const again = open();
    opened.push(again);
    return again.first.then(
      () => true,
      () => false,
    );
  }
});

test("the schema is not told where introspection is off", async () => {
  const server = await limited({ introspection: false });
  const asked = "{ __schema { __typename } }";
  expect((await server.ask(asked)).errors?.[0]?.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
  const client = webSocketClient(server.port);
  const answer = client.iterate({ query: asked }).next();
  await expect(answer).rejects.toMatchObject([
    { extensions: { code: "GRAPHQL_VALIDATION_FAILED" } },
  ]);
  await client.dispose();
  expect((await server.ask("{ __typename }")).errors).toBeUndefined();
});

test("a persisted query is run by its hash alone, and an unknown hash is asked for", async () => {
  const server = await limited({});
  const sha256Hash = "c4c4d8d4b41d3c7b6ce6c0a5c1d8a6d2a5a8b0c9a0e4d3f2b1a0c9d8e7f60514";
  const extensions = { persistedQuery: { version: 1, sha256Hash } };
  expect(await (await post(server.url, { extensions })).json()).toMatchObject({
    errors: [{ extensions: { code: "PERSISTED_QUERY_NOT_FOUND" } }],
  });
  const hash = Buffer.from(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(query)),
  ).toString("hex");
  const known = { persistedQuery: { version: 1, sha256Hash: hash } };
  await post(server.url, { query, extensions: known });
  expect(await (await post(server.url, { extensions: known })).json()).toHaveProperty("data");
});

test("a persisted query's hash of another form is refused as the asker's fault", async () => {
  const server = await limited({});
  const hashes = [{ toString: {} }, [{ toString: 1 }], {}, [], 7, true, null, "a".repeat(1_000)];
  for (const sha256Hash of hashes) {
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    const parameters = new URLSearchParams({ query, extensions: JSON.stringify(extensions) });
    const headers = { "apollo-require-preflight": "true" };
    const answers = [
      await post(server.url, { query, extensions }),
      await post(server.url, { extensions }),
      await fetch(`${server.url}?${parameters.toString()}`, { headers }),
    ];
    for (const answer of answers) {
      expect(answer.status, JSON.stringify(sha256Hash)).toBe(400);
      expect(await answer.json()).toMatchObject({
        errors: [{ extensions: { code: "BAD_REQUEST" } }],
      });
    }
  }
  const others = [{ persistedQuery: null }, null, { persistedQuery: 7 }, 7, { other: 1 }];
  for (const extensions of others) {
    expect((await post(server.url, { query, extensions })).status).toBeLessThan(500);
  }
});
