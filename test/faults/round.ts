import { setTimeout as sleep } from "node:timers/promises";
import type { Random, SearchSettings } from "@opnas/core";
import { until } from "../support/until.ts";
import { EventFollower } from "../support/eventFollower.ts";
import { strike } from "./kinds.ts";
import type { Lane } from "./lane.ts";
import type { Plan } from "./plan.ts";
import { endOf, finalStateOf, startSearch } from "./search.ts";

/** Seconds within which a disturbed search must end. */
const limitSeconds = 240;

/** The outcome of one round. */
export interface Round {
  /** Faults that struck while the search was under way, in their order. */
  struck: string[];
  /** True when the final state is that of the undisturbed search, byte for byte. */
  isEqual: boolean;
  /** First difference from the undisturbed search's final state, or why there is none. */
  difference: string | null;
  /** Seconds from the end of each burst of faults until all work that was open then had been taken up again. */
  recoverySeconds: number[];
  /** Events that the API's client missed, and events that it got twice. */
  lost: number;
  doubled: number;
  seconds: number;
}

/** Runs one search under a plan of faults and compares its end with the undisturbed one's. */
export async function playRound(
  lane: Lane,
  { settings, expected }: { settings: SearchSettings; expected: string },
  plan: Plan,
  random: Random,
): Promise<Round> {
  const started = performance.now();
  const struck: string[] = [];
  const recoverySeconds: number[] = [];
  const runId = await startSearch(lane.db, lane.queue, settings);
  const follower = new EventFollower([lane.apiPort], runId);
  let difference: string | null = null;
  try {
    for (const { afterSeconds, kinds } of plan) {
      await sleep(afterSeconds * 1000);
      if ((await read(() => endOf(lane.db, runId))) !== undefined) break;
      const before = await read(() => openAttempts(lane, runId));
      await Promise.all(kinds.map((kind) => strike(kind, lane, random)));
      struck.push(...kinds);
      recoverySeconds.push(await recovered(lane, runId, before));
    }
    const status = await until("the disturbed search ends", limitSeconds, () =>
      endOf(lane.db, runId).catch(() => undefined),
    );
    const state = await read(() => finalStateOf(lane.db, runId));
    if (state !== expected) difference = `${status}: ${firstDifference(expected, state)}`;
  } catch (error) {
    difference = error instanceof Error ? error.message : String(error);
  }
  const { lastSeq } = await read(() =>
    lane.db.searchRun.findUniqueOrThrow({ where: { id: runId }, select: { lastSeq: true } }),
  );
  await follower.end(lastSeq, 30);
  const distinct = new Set(follower.seen);
  return {
    struck,
    isEqual: difference === null,
    difference,
    recoverySeconds,
    lost: lastSeq - distinct.size,
    doubled: follower.seen.length - distinct.size,
    seconds: (performance.now() - started) / 1000,
  };
}

/** Reads from the database, again and again for a minute where a fault has cut the way to it. */
async function read<T>(look: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await look();
    } catch (error) {
      if (tries === 120) throw error;
      await sleep(500);
    }
  }
}

/** Reads the newest attempt of each piece of work that is under way. */
async function openAttempts(lane: Lane, runId: string): Promise<Map<string, number>> {
  const rows = await lane.db.attempt.findMany({ where: { runId } });
  const open = await Promise.all(
    rows.map(async (row) => ((await isDone(lane, runId, row.workKey)) ? [] : [row])),
  );
  return new Map(open.flat().map(({ workKey, attempt }) => [workKey, attempt]));
}

/** Waits until each piece of work is done or has a newer attempt. @returns seconds that it took */
async function recovered(
  lane: Lane,
  runId: string,
  before: ReadonlyMap<string, number>,
): Promise<number> {
  const since = performance.now();
  await until("the work goes on", limitSeconds, async () => {
    try {
      for (const [workKey, attempt] of before) {
        const key = { runId_workKey: { runId, workKey } };
        const now = await lane.db.attempt.findUniqueOrThrow({ where: key });
        if (now.attempt === attempt && !(await isDone(lane, runId, workKey))) return false;
      }
      return true;
    } catch {
      return false; // The database is away.
    }
  });
  return (performance.now() - since) / 1000;
}

async function isDone({ db }: Lane, runId: string, workKey: string): Promise<boolean> {
  const [kind, of] = workKey.split(":");
  if (kind === "evaluate" && of !== undefined) {
    return (await db.evaluation.count({ where: { architectureId: of } })) > 0;
  }
  const { phase } = await db.searchRun.findUniqueOrThrow({ where: { id: runId } });
  if (kind === "superNet") return phase === "SEARCHING" || phase === "FINISHED";
  return (await db.generation.count({ where: { runId, index: Number(of) } })) > 0;
}

function firstDifference(expected: string, found: string): string {
  const [before, after] = [expected.split("\n"), found.split("\n")];
  const line = before.findIndex((text, index) => text !== after[index]);
  return `line ${line + 1} is ${after[line] ?? "missing"}, not ${before[line] ?? "missing"}`;
}
