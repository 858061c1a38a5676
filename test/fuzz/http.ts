import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Random } from "@opnas/core";
import { type GraphQLSchema, isInputObjectType } from "graphql";
import { hostileArgument } from "../../server/src/testing/hostileValues.ts";
import { garbled, randomRequest } from "./documents.ts";
import type { Caller } from "./callers.ts";
import type { Judge } from "./judge.ts";
import type { Target } from "./target.ts";

/** The parts that every attack needs. */
export interface Attacker {
  target: Target;
  caller: Caller;
  judge: Judge;
  schema: GraphQLSchema;
  random: Random;
  /** Values of any form that JSON can carry, and texts of any characters. */
  junk: { values: readonly unknown[]; texts: readonly string[] };
}

/** Milliseconds within which every request must be answered. */
const answerMilliseconds = 60_000;

/** An attack that sends one request or a few. */
export type Attack = (attacker: Attacker) => Promise<void>;

const json = { "content-type": "application/json" };

/** Sends a body to the API and judges the answer. */
async function post(
  attacker: Attacker,
  body: string | Buffer,
  headers: Record<string, string> = json,
  path = "/graphql",
): Promise<void> {
  const shown = `${JSON.stringify(headers)} ${body.toString()}`;
  const bytes = new Uint8Array(Buffer.from(body));
  await send(attacker, path, shown, { method: "POST", headers, body: bytes });
}

/** Sends a request as its caller and judges the answer, whose bytes may be anything. */
async function send(
  { target, judge, caller }: Attacker,
  path: string,
  shown: string,
  { headers, ...options }: Omit<RequestInit, "headers"> & { headers: Record<string, string> },
): Promise<void> {
  judge.sent();
  try {
    const response = await fetch(`${target.url}${path}`, {
      ...options,
      headers: { ...caller.headers, ...headers },
      // The answer is the server's; the portal, to which it may lead, is not started.
      redirect: "manual",
      signal: AbortSignal.timeout(answerMilliseconds),
    });
    const answer = Buffer.from(await response.arrayBuffer()).toString("latin1");
    judge.answer(caller, shown, response.status, answer);
  } catch (error) {
    const cause = error instanceof Error ? String(error.cause) : "";
    judge.silence(caller, shown, `${String(error)}: ${cause}`);
    await sleep(500);
  }
}

const random: Attack = (attacker) => {
  const { schema, caller } = attacker;
  const kind = attacker.random.pick([
    "query",
    "query",
    "query",
    "mutation",
    "subscription",
  ] as const);
  return post(attacker, JSON.stringify(randomRequest(schema, kind, attacker.random, caller.known)));
};

/** Lists as scripts read them, well formed, and with what other teams have in the condition. */
const lists: Attack = (attacker) => {
  const where = attacker.random.pick([
    "",
    "score >= 0",
    "not stable",
    'team = "other"',
    "owner = me",
  ]);
  const condition = where === "" ? "" : `, filter: { query: ${JSON.stringify(where)} }`;
  const query = attacker.random.pick([
    `{ leaderboard(first: 50${condition}) { edges { node { id name json tags run { name note settings } } } } }`,
    "{ leaderboard(last: 50, orderBy: { field: CREATED_AT, direction: ASC }) { edges { node { json note } } } }",
    "{ searchRuns(first: 50) { edges { node { id name note tags settings } } } }",
  ]);
  return post(attacker, JSON.stringify({ query }));
};

const broken: Attack = (attacker) => {
  const { schema, caller } = attacker;
  const request = randomRequest(schema, "query", attacker.random, caller.known);
  const isBody = attacker.random.next() < 0.4;
  const body = isBody
    ? garbled(JSON.stringify(request), attacker.random)
    : JSON.stringify({ ...request, query: garbled(request.query, attacker.random) });
  return post(attacker, body);
};

const junkBody: Attack = (attacker) => {
  const { values, texts } = attacker.junk;
  const value = attacker.random.pick(values);
  const parts = [
    () => value,
    () => [value, value],
    () => ({ query: value }),
    () => ({ query: attacker.random.pick(texts) }),
    () => ({ query: "{ presets { name } }", variables: value }),
    () => ({ query: "{ presets { name } }", extensions: value, operationName: value }),
    () => ({ extensions: { persistedQuery: value } }),
    () => ({ extensions: { persistedQuery: { version: 1, sha256Hash: value } } }),
    () => ({
      query: "query ($filter: LeaderboardFilter) { leaderboard(filter: $filter) { totalCount } }",
      variables: { filter: value },
    }),
    () => ({
      query: "mutation ($input: StartSearchInput!) { startSearch(input: $input) { id } }",
      variables: { input: { preset: "smoke", settings: value } },
    }),
    () => ({
      query: "query ($after: String) { leaderboard(after: $after) { edges { cursor } } }",
      variables: { after: Buffer.from(JSON.stringify(value)).toString("base64url") },
    }),
  ];
  return post(attacker, JSON.stringify(attacker.random.pick(parts)()));
};

const huge: Attack = (attacker) => {
  const size = attacker.random.pick([1_000, 20_000, 300_000]);
  const levels = attacker.random.pick([200, 1_900, 50_000]);
  const bodies = [
    () => JSON.stringify({ query: `{ ${"a ".repeat(size)} }` }),
    () => JSON.stringify({ query: `{ ${"a { ".repeat(levels)} ` }),
    () =>
      `{"query": "{ presets { name } }", "variables": {"x": ${"[".repeat(levels)}${"]".repeat(levels)}}}`,
    () => "[".repeat(size),
    () => JSON.stringify({ query: `#${"x".repeat(size)}\n{ presets { name } }` }),
    () =>
      JSON.stringify({
        query: `{ presets { name @skip(if: false) ${"@a ".repeat(levels % 3_000)} } }`,
      }),
    () =>
      JSON.stringify({
        query: `query (${"$a: Int ".repeat(levels % 2_000)}) { presets { name } }`,
      }),
    () => JSON.stringify({ query: fragments(attacker.random.pick([3, 30, 300])) }),
    () => JSON.stringify({ query: `"""${"\\n".repeat(size)}"""` }),
    () => `{"query": "{ presets { name } }", "variables": {"__proto__": {"a": 1}}}`,
    () => `{"query": "{ presets { name } }", "x": "${"y".repeat(1_100_000)}"}`,
  ];
  return post(attacker, attacker.random.pick(bodies)());
};

/** Fragments of which each spreads the next twice, in the last case itself. */
function fragments(count: number): string {
  const spread = (index: number) => `...F${index % count}`;
  const parts = Array.from(
    { length: count },
    (_, index) =>
      `fragment F${index} on Architecture { id ${spread(index + 1)} ${spread(index + 1)} }`,
  );
  return `{ leaderboard { edges { node { ...F0 } } } } ${parts.join(" ")}`;
}

const headers: Attack = (attacker) => {
  const body = JSON.stringify({ query: "{ presets { name } }" });
  const kinds: (() => [string | Buffer, Record<string, string>, string?])[] = [
    () => [gzipSync(Buffer.alloc(20_000_000)), { ...json, "content-encoding": "gzip" }],
    () => [body, { ...json, "content-encoding": attacker.random.pick(["gzip", "br", "x"]) }],
    () => [body, { "content-type": "application/json; charset=utf-16" }],
    () => [body, { "content-type": "multipart/form-data; boundary=x" }],
    () => [body, { "content-type": "text/plain" }],
    () => [
      body,
      { ...json, origin: attacker.random.pick(["null", "http://x", "http://localhost:9"]) },
    ],
    () => [body, { ...json, traceparent: "00-zz-1-" }],
    () => [body, { ...json, accept: "multipart/mixed" }],
    () => [body, { ...json, cookie: "a=".repeat(2_000) }],
    () => [body, json, "/graphql/%ff"],
    () => [body, json, "/graphql/../health?%ff"],
    () => [body, json, "/health"],
  ];
  return post(attacker, ...attacker.random.pick(kinds)());
};

/** Bytes that are no request, or only a part of one, on a connection that is then left half open. */
const bytes: Attack = async ({ target, judge, random, junk }) => {
  judge.sent();
  const head = "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n";
  const upgrade =
    "GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";
  const sent = random.pick([
    `${head}Content-Length: 50\r\n\r\n{"query"`,
    `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
    `${head}Transfer-Encoding: chunked\r\n\r\nffffffffff\r\n{`,
    `${head}X: ${"y".repeat(30_000)}\r\n\r\n`,
    `${upgrade}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n\r\n`,
    `${upgrade}Sec-WebSocket-Version: 99\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
    `GET /graphql?${"%ff".repeat(50)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`,
    "GET / HTTP/9.9\r\n\r\n",
    "\0\u0001\u0002",
    random.pick(junk.texts),
  ]);
  const socket = connect(target.port, "127.0.0.1");
  // Node may close it with a reset: that is an answer.
  socket.on("error", () => undefined);
  socket.resume();
  socket.write(sent);
  if (random.next() < 0.5) socket.end();
  await sleep(random.pick([1, 20, 200]));
  socket.destroy();
};

/** A client that leaves before its answer. */
const leaving: Attack = async ({ target, judge, caller, schema, random }) => {
  judge.sent();
  const body = JSON.stringify(randomRequest(schema, "query", random, caller.known));
  const signal = AbortSignal.timeout(random.pick([1, 5, 30]));
  const headers = { ...caller.headers, ...json };
  await fetch(`${target.url}/graphql`, { method: "POST", headers, body, signal }).then(
    (response) => response.text().catch(() => ""),
    () => "",
  );
};

/** Files to download, of all rows and of rows that are known, with filters that may be hostile. */
const download: Attack = (attacker) => {
  const { random, schema, caller, junk } = attacker;
  const id = random.pick(caller.known);
  const table = random.pick(["leaderboard", "runs", `runs/${id}/candidates`, `runs/${id}/events`]);
  const format = random.pick(["csv", "jsonl", "parquet", "x"]);
  const type = schema.getType(random.pick(["LeaderboardFilter", "RunFilter"]));
  const filters: (() => unknown)[] = [
    () => (isInputObjectType(type) ? hostileArgument(type, random, caller.known) : {}),
    () => random.pick(junk.values),
    () => ({}),
  ];
  const parameters = new URLSearchParams();
  if (random.next() < 0.4) parameters.set("filter", JSON.stringify(random.pick(filters)()));
  if (random.next() < 0.2) parameters.set("limit", random.pick(["1", "0", "1e9", "x"]));
  if (random.next() < 0.2) parameters.set("after", random.pick(["0", "-1", "5"]));
  // Node takes no longer head of a request.
  const path = `/export/${table}.${format}?${parameters}`.slice(0, 12_000);
  return send(attacker, path, `GET ${path}`, { headers: {} });
};

/** The addresses beside GraphQL and the files. */
const beside: Attack = (attacker) => {
  const path = attacker.random.pick([
    "/metrics",
    "/readyz",
    "/healthz",
    "/auth/get-session",
    "/auth/list-sessions",
    "/auth/list-accounts",
    `/auth/callback/oidc?state=${attacker.random.pick(attacker.caller.known)}`,
    "/auth/nothing",
    "/export/../graphql",
  ]);
  return send(attacker, path, `GET ${path}`, { headers: {} });
};

/** The attacks over HTTP, each as often as it is listed. */
export const httpAttacks: readonly Attack[] = [
  ...Array.from({ length: 10 }, () => random),
  lists,
  lists,
  ...Array.from({ length: 4 }, () => broken),
  ...Array.from({ length: 6 }, () => junkBody),
  huge,
  download,
  download,
  beside,
  headers,
  headers,
  bytes,
  leaving,
];
