import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { appendEvents, type Database } from "@opnas/prisma";
import WebSocket from "ws";
import { z } from "zod";
import { quantile } from "./load.ts";

/** The times from a change's commit to its arrival at each subscriber, in milliseconds. */
export interface MeasuredSubscribers {
  count: number;
  /** Changes that were made per second. */
  changesPerSecond: number;
  p50: number;
  p99: number;
  /** Changes that did not reach a subscriber, summed over all. */
  lost: number;
  statementsPerChange: number;
}

const subscription = `subscription { leaderboardChanged { total removed upserts {
  id key name score stability params flops stepSeconds reference generationIndex createdAt
  run { id name preset } } } }`;

/** Sockets that connect at the same time. */
const connectingAtOnce = 50;

/** Seconds after the last change in which it has to arrive. */
const graceSeconds = 15;

const messageSchema = z.object({
  type: z.string(),
  payload: z
    .object({
      data: z
        .object({
          leaderboardChanged: z.object({ upserts: z.array(z.object({ id: z.string() })) }),
        })
        .nullish(),
    })
    .nullish(),
});

/** A subscriber and the changes that it has been told of. */
interface Subscriber {
  socket: WebSocket;
  seen: Set<string>;
}

/**
 * Lets `count` subscribers, each with a connection of its own, follow the leaderboard while results are
 * written at a steady rate, and measures when each result reaches each of them.
 */
export async function measureSubscribers(
  { port, database, statements }: { port: number; database: Database; statements: () => number },
  { count, perSecond, seconds }: { count: number; perSecond: number; seconds: number },
): Promise<MeasuredSubscribers> {
  const times: number[] = [];
  const written = new Map<string, number>();
  const arrived = (id: string) => times.push(performance.now() - (written.get(id) ?? NaN));
  const subscribers: Subscriber[] = [];
  while (subscribers.length < count) {
    const more = Math.min(connectingAtOnce, count - subscribers.length);
    subscribers.push(
      ...(await Promise.all(Array.from({ length: more }, () => subscribe(port, arrived)))),
    );
  }
  const ids = await openCandidates(database, perSecond * seconds);
  await sleep(1_000);
  const before = statements();
  const began = performance.now();
  for (const [index, id] of ids.architectures.entries()) {
    const wait = began + (1000 * index) / perSecond - performance.now();
    if (wait > 0) await sleep(wait);
    await writeResult(database, ids, id);
    written.set(id, performance.now());
  }
  const tookSeconds = (performance.now() - began) / 1000;
  const isComplete = () =>
    subscribers.every(({ seen }) => ids.architectures.every((id) => seen.has(id)));
  for (let waited = 0; waited < graceSeconds && !isComplete(); waited += 0.25) await sleep(250);
  const statementsTaken = statements() - before;
  const lost = subscribers.reduce(
    (sum, { seen }) => sum + ids.architectures.filter((id) => !seen.has(id)).length,
    0,
  );
  for (const { socket } of subscribers) socket.terminate();
  return {
    count,
    changesPerSecond: ids.architectures.length / tookSeconds,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    lost,
    statementsPerChange: statementsTaken / ids.architectures.length,
  };
}

/** Opens a subscription and resolves with its first message. */
async function subscribe(port: number, arrived: (id: string) => void): Promise<Subscriber> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, "graphql-transport-ws");
  await once(socket, "open");
  const seen = new Set<string>();
  await new Promise<void>((resolve, reject) => {
    socket.on("error", reject);
    socket.on("close", (code) => reject(new Error(`The server closed a socket with ${code}.`)));
    socket.on("message", (data: Buffer) => {
      const { type, payload } = messageSchema.parse(JSON.parse(data.toString("utf8")));
      if (type === "connection_ack") {
        socket.send(
          JSON.stringify({ id: "1", type: "subscribe", payload: { query: subscription } }),
        );
      }
      if (type === "error") reject(new Error(data.toString("utf8").slice(0, 500)));
      if (type !== "next") return;
      for (const { id } of payload?.data?.leaderboardChanged.upserts ?? []) {
        if (!seen.has(id)) arrived(id);
        seen.add(id);
      }
      resolve();
    });
    socket.send(JSON.stringify({ type: "connection_init" }));
  });
  return { socket, seen };
}

interface OpenCandidates {
  runId: string;
  generationId: string;
  architectures: string[];
}

/** Stores a running search with so many candidates that wait for their results. */
async function openCandidates(database: Database, count: number): Promise<OpenCandidates> {
  const [runId, generationId] = [randomUUID(), randomUUID()];
  await database.$executeRaw`
    INSERT INTO "SearchRun" (id, name, status, phase, seed, preset, strategy, settings)
    SELECT ${runId}::uuid, 'live', 'RUNNING', 'SEARCHING', 1, preset, strategy, settings FROM "SearchRun" LIMIT 1`;
  await database.$executeRaw`
    INSERT INTO "Generation" (id, "runId", index, size) VALUES (${generationId}::uuid, ${runId}::uuid, 0, ${count})`;
  const rows = await database.$queryRaw<{ id: string }[]>`
    INSERT INTO "Architecture" (id, "runId", "generationId", "indexInGeneration", key, name, json, params, flops)
    SELECT gen_random_uuid(), ${runId}::uuid, ${generationId}::uuid, n, 'live ' || n, 'live-' || n, json, params, flops
      FROM (SELECT json, params, flops FROM "Architecture" LIMIT 1) AS like_this, generate_series(1, ${count}::int) AS n
    RETURNING id`;
  return { runId, generationId, architectures: rows.map(({ id }) => id) };
}

/** Writes a result as a worker does: the row and the event in one transaction. */
async function writeResult(
  database: Database,
  { runId, generationId }: OpenCandidates,
  architectureId: string,
): Promise<void> {
  const [score, stability] = [50, "STABLE"] as const;
  await database.$transaction(async (tx) => {
    await tx.$executeRaw`
      UPDATE "Architecture" SET score = ${score}, stability = 'STABLE' WHERE id = ${architectureId}::uuid`;
    const payload = { architectureId, generationId, score, stability };
    await appendEvents(tx, runId, [{ kind: "candidate.evaluated", payload }]);
  });
}
