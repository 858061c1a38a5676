"use client";

import type { ReactNode } from "react";
import { useLiveQuery } from "@/api/use-live-query";
import type { RunFilter, RunListQueryVariables, RunOrder } from "@/generated/graphql";
import { Button } from "@/ui/button";
import { ErrorNotice, SkeletonRows } from "@/ui/states";
import { runList } from "./fragments";
import { RunRow } from "./run-row";
import { useRunChanges } from "./use-run-changes";

const pageSize = 25;

/** Returns the variables of one page of runs. */
export function variablesOfPage(
  filter: RunFilter,
  orderBy: RunOrder,
  after: string | null,
): RunListQueryVariables {
  return { first: pageSize, after, filter, orderBy };
}

/**
 * Shows one page of runs and, below it, the further ones. Each page starts at the end of the one
 * before, so that a run that is inserted at the top moves the others down without a gap.
 */
export function RunChunk(props: {
  filter: RunFilter;
  order: RunOrder;
  after: string | null;
  /** Number of pages to show, including this one. */
  pages: number;
  onMore: () => void;
  empty: ReactNode;
}) {
  const { filter, order, after, pages, onMore, empty } = props;
  const [{ data, error }, retry] = useLiveQuery({
    query: runList,
    variables: variablesOfPage(filter, order, after),
  });
  useRunChanges(
    data?.searchRuns.edges.map(({ node }) => node.id),
    retry,
  );
  if (!data) {
    return (
      <div className="p-4">
        {error ? <ErrorNotice error={error} retry={retry} /> : <SkeletonRows rows={4} />}
      </div>
    );
  }
  const { edges, pageInfo } = data.searchRuns;
  if (edges.length === 0) return empty;
  return (
    <>
      <ul className="[&:not(:first-child)]:border-t [&:not(:first-child)]:border-line">
        {edges.map(({ node }) => (
          <RunRow key={node.id} run={node} />
        ))}
      </ul>
      {pageInfo.hasNextPage && pages > 1 && (
        <RunChunk {...props} after={pageInfo.endCursor} pages={pages - 1} />
      )}
      {pageInfo.hasNextPage && pages === 1 && (
        <div className="flex justify-center border-t border-line p-3">
          <Button size="small" onClick={onMore}>
            Load more
          </Button>
        </div>
      )}
    </>
  );
}
