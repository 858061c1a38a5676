import { request } from "node:http";
import { testDatabase } from "@opnas/prisma/testing";
import { GraphQLError } from "graphql";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import WebSocket from "ws";
import { eventually, testServer, webPort, webSocketClient } from "../testing/client.js";

const databaseUrl = await testDatabase();
const server = await testServer(databaseUrl);
afterAll(() => server.stop());
afterEach(() => void vi.restoreAllMocks());
const { database } = server.services;

interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** A request with any headers, Host and Origin too. */
function send(
  method: string,
  path: string,
  headers: Record<string, string>,
  body = "",
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: "127.0.0.1", port: server.port, method, path, headers },
      (reply) => {
        let text = "";
        reply.on("data", (chunk: Buffer) => (text += chunk.toString()));
        reply.on("end", () =>
          resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: text }),
        );
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

const json = { "content-type": "application/json" };
const presets = JSON.stringify({ query: "{ presets { name } }" });

test("the health page says whether the database answers", async () => {
  expect(await send("GET", "/health", {})).toMatchObject({
    status: 200,
    body: '{"status":"ok","database":"ok"}',
  });
  vi.spyOn(server.services.probe, "ask").mockRejectedValueOnce(new Error("away"));
  expect(await send("GET", "/health", {})).toMatchObject({
    status: 503,
    body: '{"status":"degraded","database":"unreachable"}',
  });
});

test("pages of the portal are served; a page of another site is refused", async () => {
  const origin = `http://localhost:${webPort}`;
  const answer = await send("POST", "/graphql", { ...json, origin }, presets);
  expect(answer.status).toBe(200);
  expect(answer.headers["access-control-allow-origin"]).toBe(origin);
  const preflight = await send("OPTIONS", "/graphql", {
    origin,
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type",
  });
  expect(preflight).toMatchObject({
    status: 204,
    headers: {
      "access-control-allow-origin": origin,
      "access-control-allow-headers": "content-type",
    },
  });
  const refused = await send(
    "POST",
    "/graphql",
    { ...json, origin: "http://evil.example" },
    presets,
  );
  expect(refused.status).toBe(403);
  expect(refused.headers["access-control-allow-origin"]).toBeUndefined();
  expect(refused.body).toContain("http://evil.example may not call this API");
});

test("a portal that was opened through another port of this machine can read why it is refused", async () => {
  const origin = "http://localhost:3001";
  const preflight = await send("OPTIONS", "/graphql", {
    origin,
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type",
  });
  const allowed = {
    "access-control-allow-origin": origin,
    "access-control-allow-headers": "content-type",
  };
  expect(preflight).toMatchObject({ status: 204, headers: allowed });
  const refused = await send("POST", "/graphql", { ...json, origin }, presets);
  expect(refused).toMatchObject({
    status: 403,
    headers: { "access-control-allow-origin": origin },
  });
  expect(refused.body).toContain(`only the portal at http://localhost:${webPort} may`);
  expect(refused.body).not.toContain("data");
});

test("a foreign host name that resolves to this machine (DNS rebinding) is refused", async () => {
  const headers = { ...json, host: `evil.example:${server.port}` };
  const refused = await send("POST", "/graphql", headers, presets);
  expect(refused.status).toBe(403);
  expect(JSON.parse(refused.body)).toMatchObject({
    errors: [{ extensions: { code: "FORBIDDEN" } }],
  });
});

test.each([
  ["another site's page", { origin: "http://evil.example" }, "/graphql", 403],
  ["a foreign host name", { host: "evil.example" }, "/graphql", 403],
  ["a wrong path", {}, "/other", 404],
])("a WebSocket from %s is refused", async (_who, headers, path, status) => {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, "graphql-transport-ws", {
    headers,
  });
  const error = await new Promise((resolve) => socket.once("error", resolve));
  expect(String(error)).toContain(`Unexpected server response: ${status}`);
});

test.each(["@skip(if: true)", "@include(if: false)"])(
  "a subscription whose field has %s is refused, and the connection stays good",
  async (directive) => {
    const client = webSocketClient(server.port);
    for (const query of [
      `subscription { workersChanged ${directive} { id } }`,
      `subscription { ...F } fragment F on Subscription { workersChanged ${directive} { id } }`,
    ]) {
      await expect(client.iterate({ query }).next()).rejects.toMatchObject([
        { extensions: { code: "GRAPHQL_VALIDATION_FAILED" } },
      ]);
    }
    const answer = await client.iterate({ query: "{ presets { name } }" }).next();
    expect(answer.value).toHaveProperty("data");
    await client.dispose();
  },
);

test("a subscription over HTTP is refused with the way that serves it, and a batch as a whole", async () => {
  const body = JSON.stringify({ query: "subscription { workersChanged { id } }" });
  expect((await send("POST", "/graphql", json, body)).status).toBe(400);
  const { errors } = await server.ask("subscription { workersChanged { id } }");
  expect(errors).toMatchObject([
    {
      message: "Subscriptions are served over WebSocket, at the same address.",
      extensions: { code: "BAD_USER_INPUT" },
    },
  ]);
  const batch = await send("POST", "/graphql", json, `[${presets}, ${presets}]`);
  expect(batch.status).toBe(400);
  expect(JSON.parse(batch.body)).toMatchObject({
    errors: [{ extensions: { code: "BAD_REQUEST" } }],
  });
});

test("requests that a form of another site can send are refused: they must be JSON", async () => {
  const plain = await send("POST", "/graphql", { "content-type": "text/plain" }, presets);
  expect(plain.status).toBe(400);
  const get = await send("GET", "/graphql?query=%7Bpresets%7Bname%7D%7D", {});
  expect(get.status).toBe(400);
});

test("a body that is too large or not JSON is refused with a code", async () => {
  const large = await send(
    "POST",
    "/graphql",
    json,
    JSON.stringify({ query: "x".repeat(2 ** 20) }),
  );
  expect(large.status).toBe(413);
  expect(JSON.parse(large.body)).toMatchObject({
    errors: [
      {
        message: "A request may have 1024 KiB; send less at once.",
        extensions: { code: "TOO_LARGE" },
      },
    ],
  });
  const broken = await send("POST", "/graphql", json, "{");
  expect(broken.status).toBe(400);
  expect(JSON.parse(broken.body)).toMatchObject({
    errors: [{ message: "The request's body is not JSON.", extensions: { code: "BAD_INPUT" } }],
  });
});

test.each([
  ["{ presets { name ", "GRAPHQL_PARSE_FAILED"],
  ["{ presets { nonsense } }", "GRAPHQL_VALIDATION_FAILED"],
  ['{ leaderboard(first: "two") { totalCount } }', "GRAPHQL_VALIDATION_FAILED"],
  [`{ presets { ${"name ".repeat(5000)} } }`, "GRAPHQL_PARSE_FAILED"],
])(
  "GraphQL's own errors keep their codes, over HTTP and over WebSocket (case %#)",
  async (query, code) => {
    const { errors } = await server.ask(query);
    expect(errors?.[0]?.extensions.code).toBe(code);
    expect(errors?.[0]?.extensions).not.toHaveProperty("stacktrace");
    const client = webSocketClient(server.port);
    const first = await client
      .iterate({ query })
      .next()
      .catch((refused: unknown) => refused as GraphQLError[]);
    expect(first).toMatchObject([{ extensions: { code } }]);
    // The connection is still good for others.
    expect((await client.iterate({ query: "{ presets { name } }" }).next()).value).toHaveProperty(
      "data",
    );
    await client.dispose();
  },
);

test("a query that is too deep, too costly or full of aliases is refused", async () => {
  const deep = `{ searchRuns { edges { node { ${"bestArchitecture { run { ".repeat(6)} id ${"} }".repeat(6)} } } } }`;
  const aliases = `{ ${Array.from({ length: 40 }, (_, index) => `a${index}: presets { name }`).join(" ")} }`;
  const costly =
    "{ searchRuns(first: 100) { edges { node { generations { candidates { id name } } } } } }";
  for (const [query, limit] of [
    [deep, /depth limit of 14 exceeded/i],
    [aliases, /aliases limit of 30 exceeded/i],
    [costly, /could answer with \d+ objects and values, and at most 50000 are allowed/],
  ] as const) {
    const { data, errors } = await server.ask(query);
    expect(data).toBeUndefined();
    expect(errors?.map(({ message }) => message).join()).toMatch(limit);
  }
});

test("an unexpected error is reported by an id alone and logged once", async () => {
  vi.spyOn(database.searchRun, "findUnique").mockImplementation(() => {
    throw new Error("secret of the database");
  });
  const id = "00000000-0000-7000-8000-000000000000";
  const { errors } = await server.ask(`{ searchRun(id: "${id}") { id } }`);
  expect(errors).toHaveLength(1);
  const sentence =
    /^Something went wrong inside the server\. Its log tells what, under error ([0-9a-f]{8})\.$/.exec(
      errors?.[0]?.message ?? "",
    );
  expect(errors?.[0]?.extensions).toEqual({ code: "INTERNAL", kind: "fatal" });
  expect(JSON.stringify(errors)).not.toContain("secret");
  const lines = server.log.lines.filter((line) => line.includes("secret of the database"));
  expect(lines).toHaveLength(1);
  expect(lines[0]?.startsWith(`Error ${sentence?.[1] ?? "?"}: `)).toBe(true);
});

test("an unreachable database is reported by a retryable code", async () => {
  const query = '{ searchRun(id: "00000000-0000-7000-8000-000000000000") { id } }';
  await server.ask(query);
  await database.$executeRaw`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()`;
  const gone = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  vi.spyOn(database.searchRun, "findUnique").mockRejectedValueOnce(gone);
  const { errors } = await server.ask(query);
  expect(errors?.[0]?.extensions).toMatchObject({
    code: "DATABASE_UNREACHABLE",
    kind: "retryable",
  });
  vi.restoreAllMocks();
  const codeNow = async () => (await server.ask(query)).errors?.[0]?.extensions.code;
  await eventually(async () => (await codeNow()) === "NOT_FOUND");
});

test.each([
  ["an answer", "POST", "/graphql", json, presets],
  ["a broken request", "POST", "/graphql", json, "{"],
  ["a refused host", "GET", "/health", { host: "evil.example" }, ""],
  ["health", "GET", "/health", {}, ""],
  ["metrics", "GET", "/metrics", {}, ""],
  ["an unknown address", "GET", "/nothing", {}, ""],
])(
  "%s may not be framed, and its type is not guessed",
  async (_what, method, path, headers, body) => {
    expect((await send(method, path, headers, body)).headers).toMatchObject({
      "content-security-policy":
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
    });
  },
);
