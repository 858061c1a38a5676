import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { errorCodes, presetNamed, stream } from "@opnas/core";
import { testDatabase } from "@opnas/prisma/testing";
import {
  getNamedType,
  type GraphQLField,
  type GraphQLObjectType,
  isInterfaceType,
  isObjectType,
  type GraphQLOutputType,
} from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { createSchema } from "./schema.js";
import { testServer } from "./testing/client.js";
import { hostileArgument, hostileSettings } from "./testing/hostileValues.js";
import { SearchDriver } from "./testing/searchDriver.js";

/** The heap of the server under test: what a hostile input allocates has to fit beside all else. */
const heapMegabytes = 200;
const requestsPerField = 20;

const databaseUrl = await testDatabase();
const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const schema = createSchema();
let child: ChildProcess | undefined;
let url = "";
let errorLog = "";
let ids: { run: string; architecture: string };

beforeAll(async () => {
  const preparing = await testServer(databaseUrl);
  const driver = new SearchDriver(preparing.services);
  await driver.signIn();
  const run = await driver.startedRun();
  const [architecture = ""] = await driver.propose(run, 0);
  ids = { run: run.id, architecture };
  await preparing.stop();

  child = spawn(process.execPath, [`--max-old-space-size=${heapMegabytes}`, main], {
    env: { PATH: process.env["PATH"], DATABASE_URL: databaseUrl, OPNAS_API_PORT: "0" },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  child.stderr?.on("data", (chunk: Buffer) => (errorLog += chunk.toString()));
  const [message] = (await once(child, "message")) as [{ port: number }];
  url = `http://127.0.0.1:${message.port}/graphql`;
});
afterAll(() => void child?.kill("SIGKILL"));

const answerForm = z.object({
  errors: z
    .array(z.object({ message: z.string(), extensions: z.looseObject({ code: z.string() }) }))
    .optional(),
});

/** Codes that an answer may have: those of the closed set but for a fault of the server, and GraphQL's. */
const allowed = new Set<string>([
  ...errorCodes.filter((code) => code !== "INTERNAL"),
  "BAD_USER_INPUT",
  "BAD_REQUEST",
  "GRAPHQL_VALIDATION_FAILED",
]);

/** Sends an operation, and fails unless its answer is data or an error of the closed set. */
async function send(query: string, variables: unknown): Promise<void> {
  const body = JSON.stringify({ query, variables });
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  const { errors = [] } = answerForm.parse(await response.json());
  const unexpected = errors.filter(({ extensions }) => !allowed.has(extensions.code));
  expect(unexpected, `${query} ${body.slice(0, 2_000)}`).toEqual([]);
  for (const { message } of errors) expect(message.length).toBeLessThan(20_000);
}

/** The fields of the result that an operation asks for. */
function selection(type: GraphQLOutputType): string {
  const named = getNamedType(type);
  if (isInterfaceType(named)) return "{ __typename }";
  if (!isObjectType(named)) return "";
  const fields = named.getFields();
  return "edges" in fields ? "{ totalCount edges { cursor } }" : "{ __typename }";
}

/** An operation that asks one field with every argument as a variable. */
function operation(
  kind: string,
  field: GraphQLField<unknown, unknown>,
  wrap: (inner: string) => string,
) {
  const variables = field.args.map(({ name, type }) => `$${name}: ${type.toString()}`);
  const passed = field.args.map(({ name }) => `${name}: $${name}`);
  const head = variables.length === 0 ? "" : `(${variables.join(", ")})`;
  const call = passed.length === 0 ? "" : `(${passed.join(", ")})`;
  return `${kind} ${head} ${wrap(`{ ${field.name}${call} ${selection(field.type)} }`)}`;
}

interface Target {
  name: string;
  field: GraphQLField<unknown, unknown>;
  query: string;
}

/** Every field with arguments: of queries and mutations, and of runs and architectures. */
function targets(): Target[] {
  const within = (
    kind: string,
    type: GraphQLObjectType | null | undefined,
    wrap = (inner: string) => inner,
  ): Target[] =>
    Object.values(type?.getFields() ?? {})
      .filter(({ args }) => args.length > 0)
      .map((field) => ({
        name: `${type?.name}.${field.name}`,
        field,
        query: operation(kind, field, wrap),
      }));
  const entity = (name: string) => {
    const type = schema.getType(name);
    return isObjectType(type) ? type : undefined;
  };
  return [
    ...within("query", schema.getQueryType()),
    ...within("mutation", schema.getMutationType()),
    ...within("subscription", schema.getSubscriptionType()),
    ...within(
      "query",
      entity("SearchRun"),
      (inner) => `{ searchRun(id: ${JSON.stringify(ids.run)}) ${inner} }`,
    ),
    ...within(
      "query",
      entity("Architecture"),
      (inner) => `{ architecture(id: ${JSON.stringify(ids.architecture)}) ${inner} }`,
    ),
  ];
}

test("every argument of the schema answers hostile values with data or an error of the closed set", async () => {
  for (const { name, field, query } of targets()) {
    const random = stream(15, name);
    const known = [ids.run, ids.architecture, "tiny", "smoke"];
    for (let request = 0; request < requestsPerField; request++) {
      const variables = Object.fromEntries(
        field.args.map((arg) => [arg.name, hostileArgument(arg.type, random, known)]),
      );
      await send(query, variables);
    }
  }
  expect(errorLog).toBe("");
}, 120_000);

test("hostile settings are answered with data or an error of the closed set", async () => {
  const random = stream(15, "settings");
  const { settings } = presetNamed("smoke");
  for (let request = 0; request < 120; request++) {
    const changes = hostileSettings(settings, random);
    await send("mutation ($input: StartSearchInput!) { startSearch(input: $input) { id } }", {
      input: { preset: "smoke", settings: changes },
    });
    await send(
      "mutation ($id: ID!, $input: PretrainInput!) { pretrain(architectureId: $id, input: $input) { id } }",
      { id: ids.architecture, input: { settings: { size: changes["size"], ...changes } } },
    );
  }
  expect(errorLog).toBe("");
}, 60_000);
