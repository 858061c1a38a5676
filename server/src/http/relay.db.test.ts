import { once } from "node:events";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import WebSocket from "ws";
import { z } from "zod";
import { eventually, Subscription, testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());
const driver = new SearchDriver(server.services);
beforeAll(() => driver.signIn());

interface Message {
  leaderboardChanged: { upserts: { id: string }[] };
}

const follow = () =>
  new Subscription<Message>(server.port, "subscription { leaderboardChanged { upserts { id } } }");

function changesOf({ messages }: Subscription<Message>): string[] {
  return messages.flatMap(({ data }) => data?.leaderboardChanged.upserts.map(({ id }) => id) ?? []);
}

/** Resolves once every follower has had its first message, after which it is told of each change. */
async function beginning(followers: readonly Subscription<Message>[]): Promise<void> {
  await eventually(() => followers.every(({ messages }) => messages.length > 0));
}

test("eighty followers are told of every change, in one order", async () => {
  const run = await driver.startedRun({ population: 24 });
  const ids = await driver.propose(run, 0);
  const followers = Array.from({ length: 80 }, follow);
  await beginning(followers);
  for (const [index, id] of ids.entries()) {
    await driver.evaluate(run.id, id, 50);
    // Some changes come in messages of their own, some together.
    if (index % 8 === 0)
      await eventually(() => followers.every((of) => changesOf(of).includes(id)));
  }
  await eventually(() => followers.every((of) => changesOf(of).length === ids.length));
  const [first, ...others] = followers.map(({ messages }) => messages.slice(1));
  for (const each of others) expect(each).toEqual(first);
  expect(new Set(changesOf(followers[0] ?? follow()))).toEqual(new Set(ids));
  await Promise.all(followers.map((each) => each.leave()));
});

/** Follows the leaderboard many times over one socket, with all of each row, and then reads nothing. */
async function stalled(count: number): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/graphql`, "graphql-transport-ws");
  await once(socket, "open");
  const query = `subscription {
    leaderboardChanged { upserts { id key name json layers { kind formula } run { id name settings } } }
  }`;
  const begun = new Promise<void>((resolve, reject) => {
    let messages = 0;
    socket.on("message", (data: Buffer) => {
      const text = data.toString();
      if (text.includes('"type":"error"')) reject(new Error(text));
      if (text.includes('"type":"next"')) messages += 1;
      if (messages === count) resolve();
    });
  });
  socket.send(JSON.stringify({ type: "connection_init" }));
  await once(socket, "message");
  for (let id = 0; id < count; id++)
    socket.send(JSON.stringify({ id: String(id), type: "subscribe", payload: { query } }));
  await begun;
  socket.pause();
  return socket;
}

test("a reader that stops reading is cut off; the others are told of every change", async () => {
  const run = await driver.startedRun({ population: 200 }, 8);
  const ids = await driver.propose(run, 0);
  await server.services.database.architecture.updateMany({
    where: { id: { in: ids } },
    data: { score: 50, stability: "STABLE" },
  });
  const slow = await stalled(90);
  const follower = follow();
  await beginning([follower]);
  const rename = async (name: string) => {
    await server.read(
      z.unknown(),
      "mutation ($id: ID!, $name: String!) { renameRun(id: $id, name: $name) { changed } }",
      { id: run.id, name },
    );
  };
  const subscriptions = async () => {
    const metrics = await fetch(`http://127.0.0.1:${server.port}/metrics`);
    return Number(/^opnas_subscriptions(?:\{.*?\})? (\d+)/m.exec(await metrics.text())?.[1]);
  };
  expect(await subscriptions()).toBe(91);
  let renamed = 0;
  await eventually(async () => {
    renamed += 1;
    await rename(`name ${renamed}`);
    await eventually(() => changesOf(follower).length >= renamed * ids.length);
    return (await subscriptions()) === 1;
  });
  expect(changesOf(follower)).toHaveLength(renamed * ids.length);
  slow.terminate();
  await follower.leave();
});
