import { randomUUID } from "node:crypto";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { Subscription, testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());

interface Message {
  trainingChanged: { id: string; status: string };
}

test("trainingChanged sends what is open at once, then what is new or changed, of one architecture or of all", async () => {
  const driver = new SearchDriver(server.services);
  await driver.signIn();
  const run = await driver.startedRun();
  const [first = "", second = ""] = await driver.propose(run, 0);
  const pretrain = async (id: string) => {
    const query = "mutation ($id: ID!) { pretrain(architectureId: $id, input: {}) { id } }";
    const form = z.object({ pretrain: z.object({ id: z.string() }) });
    return (await server.read(form, query, { id })).pretrain.id;
  };
  const [a, b] = [await pretrain(first), await pretrain(second)];
  const query = `subscription ($id: ID) {
    trainingChanged(architectureId: $id) { id status }
  }`;
  const all = new Subscription<Message>(server.port, query);
  const ofFirst = new Subscription<Message>(server.port, query, { id: first });
  const states = ({ messages }: Subscription<Message>) =>
    messages.map(({ data }) => `${data?.trainingChanged.id} ${data?.trainingChanged.status}`);
  await all.until((messages) => messages.length >= 2);
  await ofFirst.until((messages) => messages.length >= 1);
  for (const id of [b, a])
    await server.ask("mutation ($id: ID!) { cancelTraining(id: $id) { id } }", { id });
  await all.until(
    () => states(all).includes(`${a} CANCELLED`) && states(all).includes(`${b} CANCELLED`),
  );
  await ofFirst.until(() => states(ofFirst).includes(`${a} CANCELLED`));
  const c = await pretrain(first);
  await ofFirst.until(() => states(ofFirst).includes(`${c} QUEUED`));
  expect(states(ofFirst).filter((state) => state.startsWith(b))).toEqual([]);
  await Promise.all([all.leave(), ofFirst.leave()]);

  const unknown = new Subscription<Message>(server.port, query, { id: randomUUID() });
  expect(await unknown.ended()).toBeUndefined();
  expect(unknown.messages[0]?.errors?.[0]?.extensions?.["code"]).toBe("NOT_FOUND");
  await unknown.leave();
});
