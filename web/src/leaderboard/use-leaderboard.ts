"use client";

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type CombinedError, useClient, useSubscription } from "urql";
import type { ArchitectureOrder, LeaderboardFilter } from "@/generated/graphql";
import { addPage, applyChange, type Board, type Change, emptyBoard } from "./board";
import { leaderboardChanges, leaderboardPage } from "./queries";

const none: ReadonlySet<string> = new Set();
const markedForMs = 1_600;
const longestPage = 100;

export interface Leaderboard {
  board: Board;
  loading: boolean;
  loadingMore: boolean;
  error: CombinedError | undefined;
  /** Ids of rows that were just pushed; they are highlighted for a moment. */
  arrived: ReadonlySet<string>;
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
  const [board, setBoard] = useState(emptyBoard);
  const [pending, setPending] = useState<"first" | "more" | null>("first");
  const [error, setError] = useState<CombinedError>();
  const [arrived, setArrived] = useState<ReadonlySet<string>>(none);
  const [attempt, setAttempt] = useState(0);
  const request = useRef(0);
  /** Changes pushed while a page is being loaded, because the page may be older than they are. */
  const meanwhile = useRef<Change[]>([]);

  const load = useCallback(
    async (after: string | null, first: number) => {
      const ticket = ++request.current;
      meanwhile.current = [];
      setPending(after === null ? "first" : "more");
      const variables = { first, after, filter, orderBy: order };
      const result = await client.query(leaderboardPage, variables, {
        requestPolicy: "network-only",
      });
      if (ticket !== request.current) return;
      setPending(null);
      setError(result.error);
      if (!result.data) return;
      const { edges, pageInfo, totalCount } = result.data.leaderboard;
      const page: Board = {
        rows: edges.map(({ node }) => node),
        total: totalCount,
        next: pageInfo.hasNextPage ? pageInfo.endCursor : null,
      };
      const changes = meanwhile.current;
      setBoard((current) =>
        changes.reduce(
          (board, change) => applyChange(board, change, order),
          after === null ? page : addPage(current, page, order),
        ),
      );
    },
    [client, filter, order],
  );

  const loaded = useRef(0);
  useEffect(() => {
    loaded.current = board.rows.length;
  }, [board]);
  useEffect(() => {
    void load(null, pageSize);
  }, [load, attempt, pageSize]);

  const [subscription] = useSubscription(
    { query: leaderboardChanges, variables: useMemo(() => ({ filter }), [filter]) },
    (_previous: undefined, { leaderboardChanged }) => {
      const { upserts, removed } = leaderboardChanged;
      if (upserts.length + removed.length === 0) {
        // It listens from here on: what changed before, also while the connection was lost, is read now.
        void load(null, Math.min(longestPage, Math.max(pageSize, loaded.current)));
        return undefined;
      }
      meanwhile.current.push(leaderboardChanged);
      setBoard((current) => applyChange(current, leaderboardChanged, order));
      setArrived(new Set(upserts.map(({ id }) => id)));
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
    loadMore: () => {
      if (board.next === null || pending) return;
      void load(board.next, pageSize);
    },
    retry: () => setAttempt((value) => value + 1),
  };
}
