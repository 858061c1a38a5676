/** Runs server and worker as processes that send their spans to a receiver, and follows one request through. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { until } from "../support/until.js";

const spanSchema = z.looseObject({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  attributes: z.array(z.looseObject({ key: z.string(), value: z.unknown() })).default([]),
});
type Span = z.infer<typeof spanSchema>;
const exportSchema = z.looseObject({
  resourceSpans: z.array(
    z.looseObject({ scopeSpans: z.array(z.looseObject({ spans: z.array(spanSchema) })) }),
  ),
});

const spans: Span[] = [];
const receiver = createServer((request, response) => {
  void json(request).then((body) => {
    expect(request.url).toBe("/v1/traces");
    for (const { scopeSpans } of exportSchema.parse(body).resourceSpans)
      spans.push(...scopeSpans.flatMap((scope) => scope.spans));
    response.setHeader("Content-Type", "application/json").end("{}");
  });
});
receiver.listen(0, "127.0.0.1");
await once(receiver, "listening");
const { port } = z.object({ port: z.int() }).parse(receiver.address());

const folder = mkdtempSync(path.join(tmpdir(), "opnas-tracing-"));
const started: ChildProcess[] = [];
afterAll(async () => {
  for (const child of started.splice(0)) {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a part of the platform and waits until it is ready. */
async function start(part: string, environment: Record<string, string>) {
  const file = fileURLToPath(new URL(`../../${part}/dist/main.js`, import.meta.url));
  const child = fork(file, {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: {
      ...process.env,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${String(port)}`,
      OTEL_BSP_SCHEDULE_DELAY: "200",
      OPNAS_DATA_DIR: folder,
      OPNAS_WORKER_SLOTS: "1",
      ...environment,
    },
  });
  started.push(child);
  const [message] = z
    .tuple([z.looseObject({ port: z.int().optional() })])
    .parse((await once(child, "message")).slice(0, 1));
  return message;
}

test("a request, the job that it queues, the attempt at it and its steps are one trace", async () => {
  const DATABASE_URL = await testDatabase();
  const server = await start("server", { DATABASE_URL, OPNAS_API_PORT: "0" });
  await start("worker", { DATABASE_URL });
  const response = await fetch(`http://127.0.0.1:${String(server.port)}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      query: 'mutation { startSearch(input: { preset: "smoke", seed: 7 }) { id } }',
    }),
  });
  expect(await response.json()).not.toHaveProperty("errors");

  const step = await until("a training step's span arrives", 90, () =>
    Promise.resolve(spans.find(({ name }) => name === "training steps")),
  );
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const upwards: Span[] = [];
  await until("the spans around it arrive", 60, () => {
    upwards.splice(0);
    for (const span of spans) byId.set(span.spanId, span);
    for (let at: Span | undefined = step; at !== undefined; at = byId.get(at.parentSpanId ?? ""))
      upwards.push(at);
    return Promise.resolve(upwards.at(-1)?.name.startsWith("mutation"));
  });
  expect(upwards.map(({ name }) => name)).toEqual([
    "training steps",
    "train superNet",
    "attempt superNet",
    "queue train",
    "mutation startSearch",
  ]);
  expect(new Set(upwards.map(({ traceId }) => traceId)).size).toBe(1);
  expect(upwards[2]?.attributes).toContainEqual(
    expect.objectContaining({ key: "opnas.attempt", value: { intValue: 1 } }),
  );
});
