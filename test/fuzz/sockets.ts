import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "@opnas/core";
import WebSocket from "ws";
import { randomRequest } from "./documents.ts";
import type { Attack, Attacker } from "./http.ts";

/** Opens a WebSocket whose messages are judged against what was last sent. */
async function open({ target, caller, judge }: Attacker, isInitialised = true) {
  const { headers, initial } = caller;
  const url = `ws://127.0.0.1:${target.port}/graphql`;
  const socket = new WebSocket(url, "graphql-transport-ws", { headers });
  let last = "";
  // The server may end the connection of a client that breaks the protocol.
  socket.on("error", () => undefined);
  socket.on("message", (data) => {
    if (data instanceof Buffer) judge.message(caller, last, data.toString());
  });
  socket.on("close", (code) => {
    if (code === 1011 || code === 4500)
      judge.silence(caller, last, `The socket was closed with ${code}.`);
  });
  const send = (data: string | Buffer) => {
    judge.sent();
    last = data.toString().slice(0, 3_000);
    if (socket.readyState === WebSocket.OPEN) socket.send(data);
  };
  await Promise.race([once(socket, "open"), once(socket, "close"), sleep(5_000)]);
  if (isInitialised && socket.readyState === WebSocket.OPEN) {
    socket.send(JSON.stringify({ type: "connection_init", payload: initial }));
    await Promise.race([once(socket, "message"), once(socket, "close"), sleep(5_000)]);
  }
  return { socket, send };
}

function subscribe(id: string, payload: unknown): string {
  return JSON.stringify({ id, type: "subscribe", payload });
}

const operations: Attack = async (attacker) => {
  const { schema, caller, random } = attacker;
  const { socket, send } = await open(attacker);
  for (let id = 0; id < 10; id++) {
    const kind = random.pick(["query", "subscription", "subscription"] as const);
    send(subscribe(String(id), randomRequest(schema, kind, random, caller.known)));
    if (random.next() < 0.3) send(JSON.stringify({ id: String(id), type: "complete" }));
  }
  await sleep(random.pick([10, 100, 300]));
  end(socket, random);
};

const garbage: Attack = async (attacker) => {
  const { random, junk } = attacker;
  const { socket, send } = await open(attacker, random.next() < 0.7);
  const id = random.pick(["__proto__", "constructor", "", "1"]);
  const query = "{ presets { name } }";
  const frames: (() => string | Buffer)[] = [
    () => random.pick(junk.texts),
    () => JSON.stringify(random.pick(junk.values)),
    () => Buffer.from([0xff, 0xfe, 0]),
    () => "[".repeat(100_000),
    () => JSON.stringify({ type: "connection_init", payload: random.pick(junk.values) }),
    () => JSON.stringify({ type: "ping", payload: { a: "x".repeat(1_000) } }),
    () => subscribe(id, { query }),
    () => subscribe(id, random.pick(junk.values)),
    () => subscribe(id, { query, variables: random.pick(junk.values) }),
    () => subscribe("2", { query: random.pick(junk.texts) }),
    () => JSON.stringify({ id, type: "complete" }),
    () => JSON.stringify({ type: random.pick(["next", "pong", "x", "error"]), id, payload: {} }),
    () => Buffer.alloc(1_100_000, 32),
  ];
  for (let frame = 0; frame < 6; frame++) send(random.pick(frames)());
  await sleep(random.pick([5, 50]));
  end(socket, random);
};

/** Asks for much and reads nothing. */
const slowReader: Attack = async (attacker) => {
  const { random, caller } = attacker;
  const { socket, send } = await open(attacker);
  socket.pause();
  const query = `{ leaderboard(first: 100) { edges { node { id name json key run { id settings } } } } }`;
  const events = `subscription { searchEvents(runId: "${random.pick(caller.known)}") { seq payload } }`;
  for (let id = 0; id < 40; id++) send(subscribe(String(id), { query: id % 2 ? query : events }));
  await sleep(random.pick([50, 500]));
  end(socket, random);
};

/** Writes a frame that the protocol of WebSockets does not have. */
const brokenFrame: Attack = async (attacker) => {
  const { random } = attacker;
  const { socket } = await open(attacker);
  attacker.judge.sent();
  const raw: unknown = Reflect.get(socket, "_socket");
  const frame = Buffer.from(random.pick(["8fff", "ff0000", "c17f", "8a7e0fff", "01800000"]), "hex");
  if (raw instanceof Object && "write" in raw && typeof raw.write === "function") {
    Reflect.apply(raw.write, raw, [frame]);
  }
  await sleep(20);
  end(socket, random);
};

function end(socket: WebSocket, random: Random): void {
  if (random.next() < 0.5) socket.terminate();
  else {
    socket.resume();
    socket.close();
    // The other end may never answer the close.
    setTimeout(() => socket.terminate(), 1_000).unref();
  }
}

/** The attacks over WebSocket, each as often as it is listed. */
export const socketAttacks: readonly Attack[] = [
  operations,
  operations,
  operations,
  garbage,
  garbage,
  slowReader,
  brokenFrame,
];
