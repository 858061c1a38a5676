import { buildSchema } from "graphql";
import type { Client } from "graphql-ws";
import { useServer } from "graphql-ws/use/ws";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { z } from "zod";
import { Connection } from "./connection";
import { subscribeResuming } from "./resume";
import { openSocket } from "./socket";

const eventSchema = z.object({ searchEvents: z.object({ seq: z.int() }) });

/**
 * The schema of a real server that stores ten events, sends those after `after`, and then waits.
 */
const schema = buildSchema(`
  type Query { ok: Boolean }
  type Event { seq: Int! }
  type Point { step: Int! }
  type Subscription {
    searchEvents(runId: ID!, after: Int): Event!
    trainingMetrics(trainingId: ID!, after: Int): [Point!]!
  }
`);
const document =
  "subscription ($runId: ID!, $after: Int) { searchEvents(runId: $runId, after: $after) { seq } }";

let sockets: WebSocketServer;
let client: Client;
let connection: Connection;
let lastStored = 3;
let repeatFrom: number | null = null;
let endEarly = false;
const asked: number[] = [];
const released = new Set<() => void>();

async function* searchEvents({ after }: { after: number }) {
  asked.push(after);
  for (let seq = (repeatFrom ?? after) + 1; seq <= lastStored; seq++) {
    yield { searchEvents: { seq } };
  }
  if (endEarly) return;
  await new Promise<void>((resolve) => released.add(resolve));
}

/** Sends all points after `after` in one message. */
async function* trainingMetrics({ after }: { after: number }) {
  asked.push(after);
  const steps = Array.from({ length: lastStored - after }, (_, at) => ({ step: after + 1 + at }));
  if (steps.length > 0) yield { trainingMetrics: steps };
  await new Promise<void>((resolve) => released.add(resolve));
}

beforeEach(async () => {
  lastStored = 3;
  repeatFrom = null;
  endEarly = false;
  asked.length = 0;
  sockets = new WebSocketServer({ host: "127.0.0.1", port: 0, path: "/graphql" });
  // `ws` exports its Server under a second name, which the rule takes for another class.
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment
  useServer({ schema, roots: { subscription: { searchEvents, trainingMetrics } } }, sockets);
  await new Promise<void>((resolve) => sockets.once("listening", resolve));
  const address = sockets.address();
  if (address === null || typeof address === "string") expect.unreachable("it has no port");
  const { port } = address;
  connection = new Connection();
  client = openSocket({
    url: `ws://127.0.0.1:${port}/graphql`,
    connection,
    network: new EventTarget(),
    webSocketImpl: WebSocket,
  });
});

afterEach(async () => {
  await client.dispose();
  for (const release of released) release();
  released.clear();
  for (const socket of sockets.clients) socket.terminate();
  await new Promise<void>((resolve) => sockets.close(() => resolve()));
});

function follow(after: number): number[] {
  const seen: number[] = [];
  const request = { query: document, variables: { runId: "r", after } };
  subscribeResuming(client, request, {
    next: ({ data }) => {
      seen.push(eventSchema.parse(data).searchEvents.seq);
    },
    error: (error) => expect.unreachable(String(error)),
    complete: () => expect.unreachable("the subscription ended"),
  });
  return seen;
}

function cutOff() {
  for (const socket of sockets.clients) socket.terminate();
}

test("after a lost connection only events that were not seen are requested", async () => {
  const seen = follow(0);
  await vi.waitFor(() => expect(seen).toEqual([1, 2, 3]));
  lastStored = 6;
  cutOff();
  await vi.waitFor(() => expect(connection.snapshot().state).toBe("lost"));
  await vi.waitFor(() => expect(seen).toEqual([1, 2, 3, 4, 5, 6]), { timeout: 3000 });
  expect(asked).toEqual([0, 3]);
  expect(connection.snapshot()).toEqual({ state: "live", epoch: 1 });
});

test("a subscription starts after the given seq", async () => {
  const seen = follow(2);
  await vi.waitFor(() => expect(seen).toEqual([3]));
  expect(asked).toEqual([2]);
});

test("an event that arrives twice is passed on once", async () => {
  const seen = follow(0);
  await vi.waitFor(() => expect(seen).toEqual([1, 2, 3]));
  repeatFrom = 0;
  lastStored = 5;
  cutOff();
  await vi.waitFor(() => expect(seen).toEqual([1, 2, 3, 4, 5]), { timeout: 3000 });
});

test("a subscription that the server completed is resumed with the next connection", async () => {
  endEarly = true;
  const seen = follow(0);
  await vi.waitFor(() => expect(seen).toEqual([1, 2, 3]));
  endEarly = false;
  lastStored = 4;
  cutOff();
  await vi.waitFor(() => expect(seen).toEqual([1, 2, 3, 4]), { timeout: 3000 });
  expect(asked).toEqual([0, 3]);
});

test("points of a loss curve are resumed after the last step of the last message", async () => {
  const messages: unknown[] = [];
  const query =
    "subscription ($id: ID!, $after: Int) { trainingMetrics(trainingId: $id, after: $after) { step } }";
  subscribeResuming(
    client,
    { query, variables: { id: "t", after: 0 } },
    {
      next: ({ data }) => void messages.push(data),
      error: (error) => expect.unreachable(String(error)),
      complete: () => expect.unreachable("the subscription ended"),
    },
  );
  const message = (...steps: number[]) => ({ trainingMetrics: steps.map((step) => ({ step })) });
  await vi.waitFor(() => expect(messages).toEqual([message(1, 2, 3)]));
  lastStored = 5;
  cutOff();
  await vi.waitFor(() => expect(messages).toEqual([message(1, 2, 3), message(4, 5)]), {
    timeout: 3000,
  });
  expect(asked).toEqual([0, 3]);
});
