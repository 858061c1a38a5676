import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import { askWith, authSecret, bearer, testAccount } from "../testing/accounts.js";
import { eventually, Subscription, testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase(), { mode: "accounts", secret: authSecret });
afterAll(() => server.stop());
const { database } = server.services;

test("workers tell what they work on, but for the ids of other teams' rows", async () => {
  const ann = await testAccount(server, "ann", "VIEWER");
  const bob = await testAccount(server, "bob", "VIEWER");
  const admin = await testAccount(server, "admin", "ADMIN");
  const driver = new SearchDriver(server.services);
  await driver.signIn();
  const run = await driver.startedRun();
  await database.searchRun.update({ where: { id: run.id }, data: { teamId: ann.teamId } });
  const [candidate = ""] = await driver.propose(run, 0);
  const currentJobs = ["super-net", `candidate ${candidate}`];
  const restReason = `There is no room for /data/runs/${run.id}/supernet.`;
  const where = { id: driver.workerId };
  await database.worker.update({ where, data: { currentJobs, restReason } });

  const all = { currentJobs, restReason };
  const masked = {
    currentJobs: ["super-net", "candidate of another team"],
    restReason: "There is no room for /data/runs/of another team/supernet.",
  };
  for (const [{ key }, told] of [
    [ann, all] as const,
    [bob, masked] as const,
    [admin, all] as const,
  ]) {
    const list = await askWith(server, bearer(key), "{ workers { currentJobs restReason } }");
    expect(list.data).toEqual({ workers: [told] });
    const one = `{ node(id: "${driver.workerId}") { ... on Worker { currentJobs restReason } } }`;
    expect((await askWith(server, bearer(key), one)).data).toEqual({ node: told });
    const stream = new Subscription(
      server.port,
      "subscription { workersChanged { currentJobs restReason } }",
      {},
      `Bearer ${key}`,
    );
    await eventually(() => stream.messages.length > 0);
    expect(stream.messages[0]?.data).toEqual({ workersChanged: [told] });
    await stream.leave();
  }
});
