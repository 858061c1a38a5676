import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Database } from "@opnas/prisma";
import { z } from "zod";
import { quantile } from "./load.ts";
import { openCandidates, writeResult } from "./results.ts";

/** The times from a change to its arrival at each subscriber, in milliseconds. */
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

/** The most sockets of one process that follows. */
const socketsPerProcess = 2_500;

/** Seconds after the last change in which it has to arrive. */
const graceSeconds = 15;

const readySchema = z.object({ type: z.literal("ready") });
const timesSchema = z.object({
  type: z.literal("times"),
  times: z.array(z.array(z.number().nullable())),
});

/** A process that follows with many sockets (followers.ts). */
interface Followers {
  /** Returns when each change arrived at each socket, in milliseconds of `now`; null for what did not. */
  arrivals: (ids: readonly string[]) => Promise<(number | null)[][]>;
  stop: () => void;
}

/** The milliseconds of the machine's clock that all of its processes share. */
const now = () => Number(process.hrtime.bigint()) / 1e6;

/**
 * Lets `count` subscribers, each with a connection of its own, follow the leaderboard while results are
 * written at a steady rate, and measures from the beginning of each result's transaction to its arrival at
 * each of them.
 */
export async function measureSubscribers(
  { port, database, statements }: { port: number; database: Database; statements: () => number },
  { count, perSecond, seconds }: { count: number; perSecond: number; seconds: number },
): Promise<MeasuredSubscribers> {
  const followers: Followers[] = [];
  try {
    for (let left = count; left > 0; left -= socketsPerProcess)
      followers.push(await startFollowers(port, Math.min(left, socketsPerProcess)));
    const ids = await openCandidates(database, perSecond * seconds);
    await sleep(1_000);
    const before = statements();
    const began = now();
    const written: number[] = [];
    for (const [index, id] of ids.architectures.entries()) {
      const wait = began + (1000 * index) / perSecond - now();
      if (wait > 0) await sleep(wait);
      written.push(now());
      await writeResult(database, ids, id);
    }
    const tookSeconds = (now() - began) / 1000;
    const arrivals = await whenComplete(followers, ids.architectures);
    const times = arrivals.flatMap((of) =>
      of.flatMap((time, index) => (time === null ? [] : [time - (written[index] ?? NaN)])),
    );
    return {
      count,
      changesPerSecond: written.length / tookSeconds,
      p50: quantile(times, 0.5),
      p99: quantile(times, 0.99),
      lost: count * written.length - times.length,
      statementsPerChange: (statements() - before) / written.length,
    };
  } finally {
    for (const each of followers) each.stop();
  }
}

/** Returns when each change arrived at each socket, once all have or the time for it is over. */
async function whenComplete(followers: readonly Followers[], ids: readonly string[]) {
  for (let waited = 0; ; waited++) {
    await sleep(1_000);
    const arrivals = (await Promise.all(followers.map((each) => each.arrivals(ids)))).flat();
    const isComplete = arrivals.every((of) => of.every((time) => time !== null));
    if (isComplete || waited >= graceSeconds) return arrivals;
  }
}

/** Starts a process that follows with so many sockets. @throws Error if it ends before all do */
async function startFollowers(port: number, count: number): Promise<Followers> {
  const file = fileURLToPath(new URL("./followers.ts", import.meta.url));
  const child = fork(file, [String(port), String(count)]);
  const ended = once(child, "exit").then(() => {
    throw new Error("A process that follows the leaderboard ended.");
  });
  // Its end at the end of the measurement is nobody's fault.
  ended.catch(() => undefined);
  const next = async (): Promise<unknown> =>
    (await Promise.race([once(child, "message"), ended])).at(0);
  readySchema.parse(await next());
  return {
    arrivals: async (ids) => {
      const answer = next();
      child.send({ type: "report", ids });
      return timesSchema.parse(await answer).times;
    },
    stop: () => {
      if (child.connected) child.disconnect();
    },
  };
}
