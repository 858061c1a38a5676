import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import {
  askWith,
  authSecret,
  bearer,
  defaultTeamId,
  keyOf,
  type TestAccount,
  testAccount,
} from "../testing/accounts.js";
import { testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase(), { mode: "accounts", secret: authSecret });
afterAll(() => server.stop());
const { database } = server.services;
const driver = new SearchDriver(server.services);

let ann: TestAccount;
let bob: TestAccount;
let admin: TestAccount;
let viewer: TestAccount;
beforeAll(async () => {
  await driver.signIn();
  ann = await testAccount(server, "ann", "RESEARCHER");
  bob = await testAccount(server, "bob", "RESEARCHER");
  admin = await testAccount(server, "admin", "ADMIN");
  viewer = await testAccount(server, "viewer", "VIEWER", ann.teamId);
});

const create = `mutation ($input: CreateWebhookInput!) {
  createWebhook(input: $input) { webhook { id teamId } }
}`;
const created = z.object({
  createWebhook: z.object({ webhook: z.object({ id: z.string(), teamId: z.string().nullable() }) }),
});
// Nothing answers there, which does not matter: what is written to be sent is looked at.
const input = { target: "https://webhooks.invalid/hook", events: ["RUN_FINISHED"] };

async function webhookOf({ key }: TestAccount, changes: Record<string, unknown> = {}) {
  const given = { input: { ...input, ...changes } };
  const answer = await askWith(server, bearer(key), create, given);
  return created.parse(answer.data).createWebhook.webhook;
}

const codeOf = async (key: string, query: string, variables: Record<string, unknown> = {}) =>
  (await askWith(server, bearer(key), query, variables)).errors?.[0]?.extensions.code;

async function listedBy({ key }: TestAccount): Promise<string[]> {
  const form = z.object({ webhooks: z.array(z.object({ id: z.string() })) });
  const { data } = await askWith(server, bearer(key), "{ webhooks { id } }");
  return form.parse(data).webhooks.map(({ id }) => id);
}

test("a webhook hears of its team's runs only, and one of an administrator of all", async () => {
  const hooks = {
    ann: await webhookOf(ann),
    bob: await webhookOf(bob, { teamId: bob.teamId }),
    all: await webhookOf(admin),
    everyone: await webhookOf(admin, { teamId: defaultTeamId }),
  };
  expect([hooks.ann.teamId, hooks.bob.teamId, hooks.all.teamId]).toEqual([
    ann.teamId,
    bob.teamId,
    null,
  ]);
  const told = async (teamId: string | null) => {
    const run = await driver.startedRun({ population: 2 });
    await database.searchRun.update({ where: { id: run.id }, data: { teamId } });
    for (const candidate of await driver.propose(run, 0)) {
      await driver.evaluate(run.id, candidate, 50);
    }
    await driver.finish(run.id);
    const rows = await database.webhookDelivery.findMany({ where: { runId: run.id } });
    return new Set(rows.map(({ webhookId }) => webhookId));
  };
  expect(await told(ann.teamId)).toEqual(new Set([hooks.ann.id, hooks.all.id]));
  expect(await told(bob.teamId)).toEqual(new Set([hooks.bob.id, hooks.all.id]));
  expect(await told(null)).toEqual(new Set([hooks.everyone.id, hooks.all.id]));
});

test("researchers see, test and delete their team's webhooks, and no others", async () => {
  const own = await webhookOf(ann);
  const others = [await webhookOf(bob), await webhookOf(admin)];
  expect(await listedBy(ann)).toContain(own.id);
  expect(await listedBy(admin)).toEqual(
    expect.arrayContaining([own, ...others].map(({ id }) => id)),
  );
  const list = "query ($id: ID!) { webhookDeliveries(webhookId: $id) { edges { cursor } } }";
  const send = "mutation ($id: ID!) { testWebhook(id: $id) { id } }";
  const remove = "mutation ($id: ID!) { deleteWebhook(id: $id) { id } }";
  for (const { id } of others) {
    expect(await listedBy(ann)).not.toContain(id);
    for (const query of [list, send, remove])
      expect(await codeOf(ann.key, query, { id })).toBe("NOT_FOUND");
    expect(await database.webhook.count({ where: { id } })).toBe(1);
  }
  for (const query of [list, send, remove])
    expect(await codeOf(ann.key, query, { id: own.id })).toBeUndefined();
});

test("nobody makes a webhook for a team that is not theirs, or without the role and scope for it", async () => {
  const foreign = { input: { ...input, teamId: bob.teamId } };
  expect(await codeOf(ann.key, create, foreign)).toBe("BAD_INPUT");
  expect(await codeOf(viewer.key, create, { input })).toBe("FORBIDDEN");
  expect(await codeOf(viewer.key, "{ webhooks { id target } }")).toBe("FORBIDDEN");
  const reading = await keyOf({ database }, ann.id, ["READ"]);
  expect(await codeOf(reading, create, { input })).toBe("FORBIDDEN");
  expect(await codeOf(reading, "{ webhooks { id target } }")).toBe("FORBIDDEN");
});

test("the webhooks of one team leave room for those of another", async () => {
  await database.webhook.createMany({
    data: Array.from({ length: 50 }, () => ({
      kind: "SLACK" as const,
      target: "https://webhooks.invalid/full",
      events: ["RUN_FAILED" as const],
      teamId: ann.teamId,
    })),
  });
  expect(await codeOf(ann.key, create, { input })).toBe("TOO_LARGE");
  expect((await webhookOf(bob)).teamId).toBe(bob.teamId);
});
