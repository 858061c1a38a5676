"use client";

import { clsx } from "clsx";
import type { ReactNode } from "react";
import type { ArchitectureOrder, ArchitectureOrderField } from "@/generated/graphql";
import { Button } from "@/ui/button";
import { Empty, ErrorNotice, SkeletonRows } from "@/ui/states";
import { Headings } from "./headings";
import { LeaderboardRow } from "./leaderboard-row";
import { SortBar } from "./sort-bar";
import type { Leaderboard } from "./use-leaderboard";
import { useMovingRows } from "./use-moving-rows";

/**
 * Lists candidates in order; rows move to their new place with an animation when a change is
 * pushed.
 */
export function LeaderboardTable(props: {
  leaderboard: Leaderboard;
  order: ArchitectureOrder;
  showRun: boolean;
  /** True while the filter cannot be read: the rows are those of the one before. */
  isOutdated?: boolean;
  /** Takes the place of everything where the filter names what is not there. */
  unknown?: ReactNode;
  empty: ReactNode;
  onSort: (field: ArchitectureOrderField) => void;
}) {
  const { leaderboard, order, showRun, isOutdated = false, empty, onSort } = props;
  const { board, loading, loadingMore, error, arrived, loadMore, retry } = leaderboard;
  const rows = useMovingRows();
  const firstLoad = loading && board.rows.length === 0;
  if (props.unknown) return props.unknown;

  return (
    <>
      {error && !isOutdated && (
        <div className="p-4">
          <ErrorNotice error={error} retry={retry} />
        </div>
      )}
      {firstLoad && (
        <div className="p-4 sm:px-5">
          <SkeletonRows rows={leaderboard.pageSize} className="h-9" />
        </div>
      )}
      {board.rows.length > 0 && <SortBar order={order} showRun={showRun} onSort={onSort} />}
      {board.rows.length > 0 && (
        <div
          role="table"
          aria-label="Candidates"
          aria-rowcount={board.total}
          aria-busy={loading}
          className={clsx(isOutdated && "opacity-50")}
        >
          <Headings order={order} showRun={showRun} onSort={onSort} />
          <div role="rowgroup" ref={rows}>
            {board.rows.map((row, index) => (
              <LeaderboardRow
                key={row.id}
                rank={index + 1}
                row={row}
                arrived={arrived.has(row.id)}
                showRun={showRun}
              />
            ))}
          </div>
        </div>
      )}
      {!firstLoad && !error && board.rows.length === 0 && empty}
      {isOutdated && board.rows.length === 0 && (
        <Empty title="The filter cannot be read">Correct it above; the rows come at once.</Empty>
      )}
      {board.next !== null && !isOutdated && (
        <div className="flex justify-center border-t border-line p-3">
          <Button size="small" onClick={loadMore} disabled={loadingMore} data-testid="load-more">
            {loadingMore ? "Loading…" : `Load more (${board.rows.length} of ${board.total})`}
          </Button>
        </div>
      )}
    </>
  );
}
