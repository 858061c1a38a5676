import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import { OpnasError } from "@opnas/core";
import { giveUpRunJob, type SearchRun } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { SMTPServer } from "smtp-server";
import { Webhook as Verifier } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { eventually, testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}
const received: Received[] = [];
/** Status of the next answers by path; 204 where there is none. */
const statuses = new Map<string, number>();
const receiver = createServer((request, response) => {
  void text(request).then((body) => {
    const { url: path = "", headers } = request;
    received.push({ path, headers, body });
    response.writeHead(statuses.get(path) ?? 204, { location: "/secret" }).end();
  });
}).listen(0, "127.0.0.1");
await once(receiver, "listening");
const { port } = z.object({ port: z.int() }).parse(receiver.address());
const base = `http://127.0.0.1:${port}`;

const mails: { to: string[]; raw: string }[] = [];
const mailServer = new SMTPServer({
  authOptional: true,
  disabledCommands: ["STARTTLS"],
  onData: (stream, { envelope }, done) => {
    void text(stream).then((raw) => {
      mails.push({ to: envelope.rcptTo.map(({ address }) => address), raw });
      done();
    });
  },
}).listen(0, "127.0.0.1");
await once(mailServer, "listening");
const mail = z.object({ port: z.int() }).parse(mailServer.address());

const server = await testServer(await testDatabase(), {
  allowPrivate: true,
  smtpUrl: `smtp://127.0.0.1:${mail.port}`,
});
const { database, queue } = server.services;
const driver = new SearchDriver(server.services);
beforeAll(() => driver.signIn());
afterAll(async () => {
  await server.stop();
  receiver.close();
  mailServer.close();
});

const created = z.object({
  createWebhook: z.object({ webhook: z.object({ id: z.string() }), secret: z.string().nullable() }),
});

async function createWebhook(input: Record<string, unknown>) {
  const query = `mutation ($input: CreateWebhookInput!) {
    createWebhook(input: $input) { webhook { id } secret }
  }`;
  const { createWebhook } = await server.read(created, query, { input });
  return { id: createWebhook.webhook.id, secret: createWebhook.secret };
}

async function deliveriesOf(webhookId: string) {
  const node = z.looseObject({ id: z.string(), event: z.string(), attempts: z.int() });
  const form = z.object({
    webhookDeliveries: z.object({ edges: z.array(z.object({ node })) }),
  });
  const { webhookDeliveries } = await server.read(
    form,
    `query ($id: ID!) { webhookDeliveries(webhookId: $id) { edges { node {
      id event runId seq attempts dueAt httpStatus error deliveredAt
    } } } }`,
    { id: webhookId },
  );
  return webhookDeliveries.edges.map((edge) => edge.node);
}

async function testOf(id: string): Promise<Record<string, unknown>> {
  const form = z.object({ testWebhook: z.record(z.string(), z.unknown()) });
  const query = `mutation ($id: ID!) { testWebhook(id: $id) { event httpStatus error dueAt } }`;
  return (await server.read(form, query, { id })).testWebhook;
}

const to = (path: string) => received.filter((each) => each.path === path);

/** Stores a run of three candidates with these scores, in their order. */
async function searchWith(scores: readonly number[]): Promise<SearchRun> {
  const run = await driver.startedRun({ population: scores.length });
  const ids = await driver.propose(run, 0);
  for (const [index, id] of ids.entries()) await driver.evaluate(run.id, id, scores[index] ?? 0);
  return run;
}

async function failed(run: SearchRun): Promise<void> {
  const cause = new OpnasError("INTERNAL", "<it> broke & stayed so");
  await giveUpRunJob(database, queue, { runId: run.id, generation: 1 }, cause);
}

test("a new best and a finished run are told once each, with a signature that the receiver can check", async () => {
  const { id, secret } = await createWebhook({
    target: `${base}/all`,
    events: ["RUN_FINISHED", "NEW_BEST"],
  });
  const run = await searchWith([50, 40, 50, 60]);
  await driver.finish(run.id);
  await eventually(() => to("/all").length === 3);
  const verifier = new Verifier(secret ?? "");
  const header = z.record(z.string(), z.string());
  const messages = to("/all").map(({ body, headers }) =>
    verifier.verify(body, header.parse(headers)),
  );
  const about = { runId: run.id, runName: run.name, preset: "smoke" };
  expect(messages).toMatchObject([
    { type: "run.new-best", data: { ...about, score: 50 } },
    { type: "run.new-best", data: { ...about, score: 60 } },
    { type: "run.finished", data: { ...about, score: 60 } },
  ]);
  await eventually(async () => (await deliveriesOf(id)).every(({ attempts }) => attempts === 1));
  await eventually(async () => (await deliveriesOf(id)).every(({ dueAt }) => dueAt === null));
  expect(await deliveriesOf(id)).toMatchObject([
    { event: "RUN_FINISHED", runId: run.id, httpStatus: 204, error: null },
    { event: "NEW_BEST", httpStatus: 204 },
    { event: "NEW_BEST", httpStatus: 204 },
  ]);
  const altered = to("/all")[0] ?? { body: "", headers: {} };
  expect(() => verifier.verify(`${altered.body} `, header.parse(altered.headers))).toThrow(
    /signature/i,
  );
});

test("a receiver that fails is tried again later with the same id, and given up in the end", async () => {
  const { id } = await createWebhook({ target: `${base}/weak`, events: ["RUN_FAILED"] });
  statuses.set("/weak", 500);
  await failed(await searchWith([10, 5]));
  await eventually(async () => (await deliveriesOf(id))[0]?.["httpStatus"] === 500);
  const [first] = await deliveriesOf(id);
  expect(first).toMatchObject({ attempts: 1, deliveredAt: null });
  expect(first?.["error"]).toBe("The receiver answered with status 500.");
  expect(z.iso.datetime().safeParse(first?.["dueAt"]).success).toBe(true);

  statuses.delete("/weak");
  await database.$executeRaw`UPDATE "WebhookDelivery" SET "dueAt" = clock_timestamp() WHERE "webhookId" = ${id}::uuid`;
  await eventually(async () => (await deliveriesOf(id))[0]?.["deliveredAt"] !== null);
  expect(await deliveriesOf(id)).toMatchObject([{ attempts: 2, dueAt: null, error: null }]);
  expect(new Set(to("/weak").map(({ headers }) => headers["webhook-id"])).size).toBe(1);

  statuses.set("/weak", 500);
  await failed(await searchWith([10, 5]));
  await eventually(async () => (await deliveriesOf(id))[0]?.["httpStatus"] === 500);
  await database.$executeRaw`
    UPDATE "WebhookDelivery" SET attempts = 7, "dueAt" = clock_timestamp()
     WHERE "webhookId" = ${id}::uuid AND "deliveredAt" IS NULL`;
  await eventually(async () => (await deliveriesOf(id))[0]?.attempts === 8);
  await eventually(async () => (await deliveriesOf(id))[0]?.["dueAt"] === null);
});

test("a redirect is a failure, and its target is not called", async () => {
  statuses.set("/moved", 307);
  const { id } = await createWebhook({ target: `${base}/moved`, events: ["RUN_FAILED"] });
  expect(await testOf(id)).toEqual({
    event: "TEST",
    httpStatus: 307,
    error: "The receiver answered with status 307. Redirects are not followed.",
    dueAt: null,
  });
  expect(to("/secret")).toEqual([]);
});

test("Slack gets a sentence in which nothing is a link or a mention", async () => {
  await createWebhook({ kind: "SLACK", target: `${base}/slack`, events: ["RUN_FAILED"] });
  await failed(await searchWith([10, 5]));
  await eventually(() => to("/slack").length === 1);
  const [message] = to("/slack");
  expect(JSON.parse(message?.body ?? "")).toEqual({
    text: "The search run of seed 7 failed: &lt;it&gt; broke &amp; stayed so",
  });
  expect(message?.headers["webhook-signature"]).toBeUndefined();
});

test("an e-mail goes to its address by the mail server of the settings", async () => {
  const target = "team@lab.example";
  const { id, secret } = await createWebhook({ kind: "EMAIL", target, events: ["RUN_FINISHED"] });
  expect(secret).toBeNull();
  expect(await testOf(id)).toMatchObject({ error: null, httpStatus: null });
  const run = await searchWith([30, 20]);
  await driver.finish(run.id);
  await eventually(() => mails.length === 2);
  expect(mails.map((each) => each.to)).toEqual([[target], [target]]);
  expect(mails[1]?.raw).toMatch(/^Subject: OP-NAS: The search run of seed 7 is done/m);
  expect(mails[1]?.raw).toContain(run.id);
});

test("a deleted webhook hears nothing more, and what cannot be a webhook is refused", async () => {
  const { id } = await createWebhook({ target: `${base}/gone`, events: ["RUN_FAILED"] });
  const form = z.object({ deleteWebhook: z.object({ id: z.string() }) });
  await server.read(form, `mutation ($id: ID!) { deleteWebhook(id: $id) { id } }`, { id });
  await failed(await searchWith([10, 5]));
  await eventually(() => to("/slack").length === 2);
  expect(to("/gone")).toEqual([]);
  const bad: Record<string, unknown>[] = [
    { target: "file:///etc/passwd", events: ["RUN_FAILED"] },
    { target: "http://user:word@host.example/", events: ["RUN_FAILED"] },
    { target: "hook", events: ["RUN_FAILED"] },
    { target: base, events: [] },
    { target: base, events: ["TEST"] },
    { kind: "EMAIL", target: "a@b.example\r\nBcc: c@d.example", events: ["RUN_FAILED"] },
    { kind: "EMAIL", target: base, events: ["RUN_FAILED"] },
  ];
  const query = `mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { secret } }`;
  for (const input of bad) {
    const { errors } = await server.ask(query, { input });
    expect([input, errors?.[0]?.extensions.code]).toEqual([input, "BAD_INPUT"]);
  }
  const { errors } = await server.ask(`mutation { testWebhook(id: "7") { id } }`);
  expect(errors?.[0]?.extensions.code).toBe("NOT_FOUND");
  expect(server.log.lines).toEqual([]);
});
