import { once } from "node:events";
import { createServer } from "node:http";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { testServer } from "../testing/client.js";

/** A service of the platform's own network, which no webhook may reach. */
const called: string[] = [];
const inner = createServer((request, response) => {
  called.push(`${request.method ?? ""} ${request.headers.host ?? ""}`);
  response.end("secret");
}).listen(0);
await once(inner, "listening");
const { port } = z.object({ port: z.int() }).parse(inner.address());

const server = await testServer(await testDatabase());
afterAll(async () => {
  await server.stop();
  inner.close();
});

const created = z.object({ createWebhook: z.object({ webhook: z.object({ id: z.string() }) }) });
const tested = z.object({
  testWebhook: z.object({ error: z.string().nullable(), httpStatus: z.null() }),
});

test.each([
  "127.0.0.1",
  "localhost",
  "[::1]",
  "[::ffff:127.0.0.1]",
  "[::ffff:7f00:1]",
  "0.0.0.0",
  "[::]",
  "0x7f.1",
  "2130706433",
  "127.1",
])("a webhook of http://%s reaches nothing", async (host) => {
  const { createWebhook } = await server.read(
    created,
    `mutation ($target: String!) {
      createWebhook(input: { target: $target, events: [NEW_BEST] }) { webhook { id } }
    }`,
    { target: `http://${host}:${port}/admin` },
  );
  const { testWebhook } = await server.read(
    tested,
    `mutation ($id: ID!) { testWebhook(id: $id) { error httpStatus } }`,
    { id: createWebhook.webhook.id },
  );
  expect(testWebhook.error).toContain("is not an address of the public internet");
  expect(called).toEqual([]);
});
