"use client";

import Link from "next/link";
import { useLiveQuery } from "@/api/use-live-query";
import type { RunListQueryVariables } from "@/generated/graphql";
import { ButtonLink } from "@/ui/button";
import { Panel } from "@/ui/card";
import { ErrorNotice, SkeletonRows } from "@/ui/states";
import { runList } from "./fragments";
import { RunProgress } from "./run-progress";
import { activeStatuses } from "@/status/status";
import { StatusBadge } from "@/status/status-badge";
import { useRunChanges } from "./use-run-changes";

const variables: RunListQueryVariables = {
  first: 20,
  filter: { status: [...activeStatuses] },
  orderBy: { field: "CREATED_AT", direction: "DESC" },
};

/**
 * Lists the active runs. One that ends stays, with its last status, until the list is loaded again.
 */
export function ActiveRuns({ className }: { className?: string }) {
  const [{ data, error }, retry] = useLiveQuery({ query: runList, variables });
  const runs = data?.searchRuns.edges.map(({ node }) => node);
  useRunChanges(
    runs?.map(({ id }) => id),
    retry,
  );
  return (
    <Panel title="Active runs" className={className} data-testid="active-runs">
      {error && !runs && <ErrorNotice error={error} retry={retry} />}
      {!runs && !error && <SkeletonRows rows={1} />}
      {runs?.length === 0 && (
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="text-sm text-muted">Nothing is running.</p>
          <ButtonLink size="small" href="/runs/new">
            Start a search
          </ButtonLink>
        </div>
      )}
      <ul className="space-y-4">
        {runs?.map((run) => (
          <li key={run.id} data-testid="active-run">
            <div className="mb-2 flex items-center justify-between gap-2">
              <Link
                href={`/runs/${run.id}`}
                className="truncate text-sm font-medium hover:text-accent hover:underline"
              >
                {run.name}
              </Link>
              <StatusBadge status={run.status} />
            </div>
            <RunProgress run={run} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
