"use client";

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type CombinedError, useClient, useSubscription } from "urql";
import type { ArchitectureOrder, LeaderboardFilter } from "@/generated/graphql";
import { Kept } from "@/api/kept";
import { addPage, applyChange, type Board, type Change, emptyBoard } from "./board";
import { leaderboardChanges } from "./queries";
import { readBoard } from "./read-board";

const none: ReadonlySet<string> = new Set();
const markedForMs = 1_600;

/** Milliseconds in which a subscription mostly listens; a slower connection is not waited for. */
const listensWithinMs = 400;

/** The most rows that are read again at once, where a person had loaded more. */
const mostReadAgain = 500;

/** The boards that were seen last, by filter and order: on Back the rows are there at once. */
const boards = new Kept<Board>(12);

export interface Leaderboard {
  board: Board;
  loading: boolean;
  loadingMore: boolean;
  error: CombinedError | undefined;
  /** Ids of rows that were just pushed; they are highlighted for a moment. */
  arrived: ReadonlySet<string>;
  /** The number of rows that are asked for at once. */
  pageSize: number;
  /** The number of changes that were pushed so far. */
  pushed: number;
  loadMore: () => void;
  retry: () => void;
}

/**
 * Loads the leaderboard under a filter and an order: pages on demand, and changes as they are
 * pushed, also those made while the connection was lost. Both arguments need a stable identity.
 */
export function useLeaderboard(
  filter: LeaderboardFilter,
  order: ArchitectureOrder,
  pageSize = 25,
): Leaderboard {
  const client = useClient();
  const key = useMemo(() => JSON.stringify([filter, order, pageSize]), [filter, order, pageSize]);
  const [board, setBoard] = useState(() => boards.get(key) ?? emptyBoard);
  const [pending, setPending] = useState<"first" | "more" | null>("first");
  const [error, setError] = useState<CombinedError>();
  const [arrived, setArrived] = useState<ReadonlySet<string>>(none);
  const [pushed, setPushed] = useState(0);
  const request = useRef(0);
  /** Changes pushed while a page is being loaded, because the page may be older than they are. */
  const meanwhile = useRef<Change[]>([]);
  /** The key of the rows that are shown, which may still be those of the filter before. */
  const shown = useRef(key);
  /** The filter under which changes are pushed. */
  const listening = useRef<LeaderboardFilter>(undefined);

  const load = useCallback(
    async (after: string | null, rows: number) => {
      const ticket = ++request.current;
      meanwhile.current = [];
      setPending(after === null ? "first" : "more");
      const read = await readBoard(client, { filter, order, after, rows });
      if (ticket !== request.current) return;
      setPending(null);
      setError(read.error);
      const page = read.board;
      if (!page) return;
      const changes = meanwhile.current;
      shown.current = key;
      setBoard((current) =>
        changes.reduce(
          (loaded, change) => applyChange(loaded, change, order),
          after === null ? page : addPage(current, page, order),
        ),
      );
    },
    [client, filter, order, key],
  );
  const loadFirst = useCallback(() => {
    const seen = boards.get(key)?.rows.length ?? 0;
    return load(null, Math.max(pageSize, Math.min(mostReadAgain, seen)));
  }, [load, pageSize, key]);

  useEffect(() => {
    if (board !== emptyBoard) boards.set(shown.current, board);
  }, [board]);

  useEffect(() => {
    if (listening.current === filter) {
      void loadFirst();
      return;
    }
    // Its first message is soon there, and the rows are read then, once and with nothing missed in between.
    setPending("first");
    const before = request.current;
    const timer = setTimeout(() => {
      if (request.current === before) void loadFirst();
    }, listensWithinMs);
    return () => clearTimeout(timer);
  }, [filter, loadFirst]);

  const [subscription] = useSubscription(
    { query: leaderboardChanges, variables: useMemo(() => ({ filter }), [filter]) },
    (_previous: undefined, { leaderboardChanged }) => {
      const { upserts, removed } = leaderboardChanged;
      if (upserts.length + removed.length === 0) {
        // It listens from here on: what changed before, also while the connection was lost, is read now.
        listening.current = filter;
        void loadFirst();
        return undefined;
      }
      meanwhile.current.push(leaderboardChanged);
      setBoard((current) => applyChange(current, leaderboardChanged, order));
      setArrived(new Set(upserts.map(({ id }) => id)));
      setPushed((count) => count + 1);
      return undefined;
    },
  );

  useEffect(() => {
    const timer = setTimeout(() => setArrived(none), markedForMs);
    return () => clearTimeout(timer);
  }, [arrived]);

  return {
    board,
    loading: pending === "first",
    loadingMore: pending === "more",
    error: error ?? subscription.error,
    arrived,
    pageSize,
    pushed,
    loadMore: () => {
      if (board.next === null || pending) return;
      void load(board.next, pageSize);
    },
    retry: () => void loadFirst(),
  };
}
