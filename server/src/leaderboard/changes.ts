import {
  type Architecture,
  type Database,
  eventPayloads,
  Prisma,
  type RunEvent,
} from "@opnas/prisma";
import { Repeater } from "@repeaterjs/repeater";
import type { EventFeed } from "../events/feed.js";
import { pace } from "../events/pace.js";
import type { Patience } from "../events/patience.js";
import { leaving, Signal } from "../events/signal.js";
import { countRows } from "../pagination/keyset.js";
import { lastingConditions, leaderboardSource } from "./filter.js";
import type { LeaderboardFilter } from "./types.js";

/** Rows of one message; the rest waits for the next. */
const rowsPerMessage = 200;

/** How the rows of a leaderboard changed. */
export interface Change {
  upserts: Architecture[];
  removed: string[];
  total: number;
}

/**
 * The changes of one leaderboard. The first message comes at once and has no rows: from it on
 * nothing is missed, so a client that reads the leaderboard after it has everything. Changes that
 * come faster than messages may go out are gathered, each row once, as it is when it is sent; what
 * waits for a slow client is therefore never more than one id for each architecture.
 */
export function leaderboardChanges(
  services: { database: Database; feed: EventFeed; patience: Patience },
  filter: LeaderboardFilter | null,
): AsyncIterable<Change> {
  const { database, feed, patience } = services;
  const source = leaderboardSource(filter);
  return new Repeater<Change>(async (push, stop) => {
    const waiting = new Set<string>();
    const news = new Signal();
    const unlisten = feed.listen((runId, events) => {
      if (filter?.runId != null && filter.runId !== runId) return;
      for (const id of evaluatedIn(events)) waiting.add(id);
      if (waiting.size > 0) news.raise();
    });
    const left = leaving(stop, news);
    try {
      const total = await patience.read(() => countRows(database, source), left);
      await push({ upserts: [], removed: [], total: total ?? 0 });
      while (!left.aborted) {
        await news.wait();
        const ids = takeFrom(waiting, rowsPerMessage);
        if (waiting.size > 0) news.raise();
        const change = await patience.read(() => readChange(database, filter, ids), left);
        if (change === undefined || change.upserts.length + change.removed.length === 0) continue;
        await push(change);
        await pace(left);
      }
    } finally {
      unlisten();
    }
  });
}

function evaluatedIn(events: readonly RunEvent[]): string[] {
  return events.flatMap(({ kind, payload }) => {
    if (kind !== "candidate.evaluated" && kind !== "reference.evaluated") return [];
    const told = eventPayloads[kind].safeParse(payload).data;
    return told === undefined ? [] : [told.architectureId];
  });
}

function takeFrom(waiting: Set<string>, most: number): string[] {
  const taken = [...waiting].slice(0, most);
  for (const id of taken) waiting.delete(id);
  return taken;
}

/**
 * What became of these architectures. Those that can never be on this leaderboard (another preset,
 * other layers) are left out; of the others, who is not on it now is told as removed.
 */
async function readChange(
  database: Database,
  filter: LeaderboardFilter | null,
  ids: readonly string[],
): Promise<Change> {
  const source = leaderboardSource(filter);
  const isListed = Prisma.join([...source.conditions], " AND ");
  const isAsked = Prisma.sql`a.id = ANY(${[...ids]}::uuid[])`;
  const mayBeListed = Prisma.join([isAsked, ...lastingConditions(filter)], " AND ");
  const rows = await database.$queryRaw<{ id: string; listed: boolean }[]>`
    SELECT a.id, (${isListed}) AS listed FROM ${source.from} WHERE ${mayBeListed}`;
  const listed = rows.filter((row) => row.listed).map(({ id }) => id);
  return {
    upserts: await database.architecture.findMany({ where: { id: { in: listed } } }),
    removed: rows.filter((row) => !row.listed).map(({ id }) => id),
    total: await countRows(database, source),
  };
}
