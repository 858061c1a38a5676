import {
  type Architecture,
  type Database,
  eventPayloads,
  Prisma,
  type RunEvent,
} from "@opnas/prisma";
import { Repeater } from "@repeaterjs/repeater";
import type { EventFeed } from "../events/feed.js";
import { throttle } from "../events/throttle.js";
import type { Backoff } from "../events/backoff.js";
import { abortOnLeave, Latch } from "../events/latch.js";
import type { TeamIds } from "../identity/visible.js";
import { countRows } from "../pagination/keyset.js";
import { permanentConditions, leaderboardSource } from "./filter.js";
import type { LeaderboardFilter } from "./types.js";

/** The most rows of one message; the rest waits for the next. */
const rowsPerMessage = 200;

/** A change of the rows of a leaderboard; `total` counts its rows after it. */
export interface Change {
  upserts: Architecture[];
  removed: string[];
  total: number;
}

/**
 * Streams the changes of one leaderboard. The first message is sent at once and has no rows: a
 * client that reads the leaderboard after it misses nothing. Changes that come faster than messages
 * may be sent are merged: each row is sent once, in its state at the time of sending, so that no
 * more than one id for each architecture waits for a slow client.
 * @throws InputError for a filter that cannot be used
 */
export function leaderboardChanges(
  services: { database: Database; feed: EventFeed; backoff: Backoff; teamIds: TeamIds },
  filter: LeaderboardFilter | null,
): AsyncIterable<Change> {
  const { database, feed, backoff, teamIds } = services;
  const source = leaderboardSource(filter, teamIds);
  return new Repeater<Change>(async (push, stop) => {
    const waiting = new Set<string>();
    const moved = new Set<string>();
    const changed = new Latch();
    const unlisten = feed.listen((runId, events) => {
      if (filter?.runId != null && filter.runId !== runId) return;
      for (const id of evaluatedIn(events)) waiting.add(id);
      if (events.some(({ kind }) => kind === "run.visibility")) moved.add(runId);
      if (waiting.size + moved.size > 0) changed.release();
    });
    const signal = abortOnLeave(stop, changed);
    try {
      const total = await backoff.retry(() => countRows(database, source), signal);
      await push({ upserts: [], removed: [], total: total ?? 0 });
      while (!signal.aborted) {
        await changed.wait();
        for (const runId of takeFrom(moved, moved.size)) {
          const scored = await backoff.retry(() => scoredIn(database, runId), signal);
          for (const id of scored ?? []) waiting.add(id);
        }
        const ids = takeFrom(waiting, rowsPerMessage);
        if (waiting.size > 0) changed.release();
        const change = await backoff.retry(() => readChange(services, filter, ids), signal);
        if (change === undefined || change.upserts.length + change.removed.length === 0) continue;
        await push(change);
        await throttle(signal);
      }
    } finally {
      unlisten();
    }
  });
}

function evaluatedIn(events: readonly RunEvent[]): string[] {
  return events.flatMap(({ kind, payload }) => {
    if (kind !== "candidate.evaluated" && kind !== "reference.evaluated") return [];
    const parsed = eventPayloads[kind].safeParse(payload).data;
    return parsed === undefined ? [] : [parsed.architectureId];
  });
}

/** Reads the ids of a run's evaluated architectures, all of which appear or go with their run. */
async function scoredIn(database: Database, runId: string): Promise<string[]> {
  const where = { runId, score: { not: null } };
  const rows = await database.architecture.findMany({ where, select: { id: true } });
  return rows.map(({ id }) => id);
}

function takeFrom(waiting: Set<string>, limit: number): string[] {
  const taken = [...waiting].slice(0, limit);
  for (const id of taken) waiting.delete(id);
  return taken;
}

/**
 * Reads the present state of these architectures. Those that can never be on this leaderboard
 * (another preset, other layers, another team) are left out; the others are reported as removed if they are not on
 * it now.
 */
async function readChange(
  { database, teamIds }: { database: Database; teamIds: TeamIds },
  filter: LeaderboardFilter | null,
  ids: readonly string[],
): Promise<Change> {
  const source = leaderboardSource(filter, teamIds);
  const isListed = Prisma.join([...source.conditions], " AND ");
  const isAsked = Prisma.sql`a.id = ANY(${[...ids]}::uuid[])`;
  const mayBeListed = Prisma.join([isAsked, ...permanentConditions(filter, teamIds)], " AND ");
  const rows = await database.$queryRaw<{ id: string; listed: boolean }[]>`
    SELECT a.id, (${isListed}) AS listed FROM ${source.from} WHERE ${mayBeListed}`;
  const listed = rows.filter((row) => row.listed).map(({ id }) => id);
  return {
    upserts: await database.architecture.findMany({ where: { id: { in: listed } } }),
    removed: rows.filter((row) => !row.listed).map(({ id }) => id),
    total: await countRows(database, source),
  };
}
