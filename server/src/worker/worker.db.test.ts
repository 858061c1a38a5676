import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { eventually, Subscription, testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());
const { database, notifications } = server.services;

interface Message {
  workersChanged: { id: string; status: string }[];
}

test("workersChanged sends the list at once, then each change, also that a worker is lost", async () => {
  const before = notifications.listenerCount;
  const watching = new Subscription<Message>(
    server.port,
    "subscription { workersChanged { id name engine engineReasons threads slots status currentJobs } }",
  );
  const newest = () => watching.messages.at(-1)?.data?.workersChanged;
  await eventually(() => newest()?.length === 0);
  const driver = new SearchDriver(server.services);
  await driver.signIn("idle");
  await eventually(() => newest()?.[0]?.status === "idle");
  expect(newest()).toEqual([
    {
      id: driver.workerId,
      name: "test worker",
      engine: "tensorflow",
      engineReasons: ["tensorflow-gpu: there is no GPU"],
      threads: 2,
      slots: 1,
      status: "idle",
      currentJobs: [],
    },
  ]);
  await database.worker.update({
    where: { id: driver.workerId },
    data: { lastSeenAt: new Date(Date.now() - 16_000) },
  });
  await eventually(() => newest()?.[0]?.status === "lost");
  await driver.signIn("stopped");
  await eventually(() => newest()?.[0]?.status === "stopped");
  await watching.leave();
  await eventually(() => notifications.listenerCount === before);
});

test("a worker that stopped over an hour ago is not listed", async () => {
  const driver = new SearchDriver(server.services);
  await driver.signIn("stopped");
  const listed = async () => {
    const form = z.object({ workers: z.array(z.object({ id: z.string() })) });
    const { workers } = await server.read(form, "{ workers { id } }");
    return workers.some(({ id }) => id === driver.workerId);
  };
  expect(await listed()).toBe(true);
  const lastSeenAt = new Date(Date.now() - 3_601_000);
  await database.worker.update({ where: { id: driver.workerId }, data: { lastSeenAt } });
  expect(await listed()).toBe(false);
});

test("a worker's measurements are told while it reports them, and are null once it has stopped", async () => {
  const driver = new SearchDriver(server.services);
  const fields =
    "id cpuShare cores memoryBytes hostMemoryBytes hostMemoryFreeBytes gpus { index name utilisation memoryUsedBytes memoryBytes }";
  const form = z.object({ workers: z.array(z.looseObject({ id: z.string() })) });
  const told = async () => {
    const { workers } = await server.read(form, `{ workers { ${fields} } }`);
    return workers.find(({ id }) => id === driver.workerId);
  };
  const usage = {
    cpuShare: 1.87,
    cores: 2,
    memoryBytes: 5e9,
    hostMemoryBytes: 16e9,
    hostMemoryFreeBytes: 8e9,
    gpus: [{ index: 0, name: "L4", utilisation: 0.93, memoryUsedBytes: 1e10, memoryBytes: null }],
  };
  await driver.signIn("busy", usage);
  expect(await told()).toEqual({ id: driver.workerId, ...usage });
  await driver.signIn("stopped", usage);
  expect(await told()).toEqual({
    id: driver.workerId,
    cpuShare: null,
    cores: null,
    memoryBytes: null,
    hostMemoryBytes: null,
    hostMemoryFreeBytes: null,
    gpus: null,
  });
});
