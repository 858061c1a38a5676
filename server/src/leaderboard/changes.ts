import { type Database, Prisma } from "@opnas/prisma";
import { type ArchitectureRow, rowColumns } from "../architecture/row.js";
import { changedIn, isMoved, isRenamed } from "../events/changed.js";
import type { EventFeed } from "../events/feed.js";
import { throttle } from "../events/throttle.js";
import type { Backoff } from "../events/backoff.js";
import { Latch } from "../events/latch.js";
import { type Publish, SharedStream } from "../events/sharedStream.js";
import type { TeamIds } from "../identity/visible.js";
import { countRows, once } from "../pagination/keyset.js";
import type { Change } from "./change.js";
import { type Board, boardOf } from "./filter.js";
import type { LeaderboardFilter } from "./types.js";

/** The most rows of one message; the rest waits for the next. */
const rowsPerMessage = 200;

interface Services {
  database: Database;
  feed: EventFeed;
  backoff: Backoff;
}

/**
 * The changes of leaderboards. Each change is read once for all readers of one leaderboard, and so are the
 * rows that it has; how many statements that takes does not depend on the number of readers.
 */
export class LeaderboardStreams {
  private readonly boards = new Map<string, BoardStream>();

  constructor(private readonly services: Services) {}

  /** The number of leaderboards that somebody follows now. */
  get boardCount(): number {
    return this.boards.size;
  }

  /**
   * Streams the changes of these teams' leaderboard. The first message is sent at once and has no rows: a
   * client that reads the leaderboard after it misses nothing. Changes that come faster than messages
   * may be sent are merged: each row is sent once, in its state at the time of sending.
   * @param userId of the account that `me` means in the filter; undefined for the machine's owner
   * @throws InputError for a filter that cannot be used
   */
  follow(
    filter: LeaderboardFilter | null,
    teamIds: TeamIds,
    userId?: string,
  ): AsyncIterable<Change> {
    const board = boardOf(filter, teamIds, userId);
    const stream =
      this.boards.get(board.key) ??
      new BoardStream(this.services, board, () => this.boards.delete(board.key));
    this.boards.set(board.key, stream);
    return stream.follow();
  }
}

/** The changes of one leaderboard. */
class BoardStream {
  private readonly stream: SharedStream<Change>;
  /** The present state, which new readers get first. */
  private present: Change;

  constructor(
    private readonly services: Services,
    private readonly board: Board,
    onDeserted: () => void,
  ) {
    this.stream = new SharedStream<Change>(
      (publish, signal) => this.produce(publish, signal),
      onDeserted,
    );
    this.present = this.changeOf([], []);
  }

  follow(): AsyncIterable<Change> {
    return this.stream.follow(() => Promise.resolve([this.present]));
  }

  private changeOf(upserts: ArchitectureRow[], removed: string[]): Change {
    const { database } = this.services;
    return { upserts, removed, count: once(() => countRows(database, this.board.source)) };
  }

  private async produce(publish: Publish<Change>, signal: AbortSignal): Promise<void> {
    const { database, feed, backoff } = this.services;
    const waiting = new Set<string>();
    const moved = new Set<string>();
    const changed = new Latch();
    signal.addEventListener("abort", changed.release);
    const unlisten = feed.listen((runId, events) => {
      if (this.board.runId !== null && this.board.runId !== runId) return;
      for (const id of changedIn(events)) waiting.add(id);
      if (isMoved(events, this.board.followsRuns) || isRenamed(events)) moved.add(runId);
      if (waiting.size + moved.size > 0) changed.release();
    });
    try {
      while (!signal.aborted) {
        await changed.wait();
        for (const runId of takeFrom(moved, moved.size)) {
          const scored = await backoff.retry(() => scoredIn(database, runId), signal);
          for (const id of scored ?? []) waiting.add(id);
        }
        const ids = takeFrom(waiting, rowsPerMessage);
        if (waiting.size > 0) changed.release();
        const rows = await backoff.retry(() => readRows(database, this.board, ids), signal);
        if (rows === undefined || rows.length === 0) continue;
        const removed = rows.filter((row) => !row.listed).map(({ id }) => id);
        const upserts = rows.filter((row) => row.listed);
        this.present = this.changeOf([], []);
        await publish([{ ...this.present, upserts, removed }]);
        await throttle(signal);
      }
    } finally {
      unlisten();
    }
  }
}

/** Reads the ids of a run's evaluated architectures, all of which appear, go or read differently with their run. */
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
 * Reads the present state of these architectures, and which of them the leaderboard lists. Those that can
 * never be on it (another preset, other layers) are left out.
 */
async function readRows(
  database: Database,
  { source, permanent }: Board,
  ids: readonly string[],
): Promise<(ArchitectureRow & { listed: boolean })[]> {
  if (ids.length === 0) return [];
  const isListed = Prisma.join([...source.conditions], " AND ");
  const isAsked = Prisma.sql`a.id = ANY(${[...ids]}::uuid[])`;
  const mayBeListed = Prisma.join([isAsked, ...permanent], " AND ");
  return database.$queryRaw`
    SELECT ${rowColumns}, (${isListed}) AS listed FROM ${source.from} WHERE ${mayBeListed} ORDER BY a.id`;
}
