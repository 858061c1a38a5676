"use client";

import { useState } from "react";
import { useThrottledRefetch } from "@/api/use-throttled-refetch";
import { useLiveQuery } from "@/api/use-live-query";
import { Panel } from "@/ui/card";
import { Select } from "@/ui/field";
import { ErrorNotice, Skeleton } from "@/ui/states";
import { priorityPositions } from "./heat-map";
import { HeatTable } from "./heat-table";
import { notYet } from "@/run/not-yet";
import type { FullRun } from "@/run/queries";
import { priorityHistory } from "./queries";

/** Shows the probability of each operation or kernel at one position over the generations. */
export function PriorityHistory({ run }: { run: FullRun }) {
  const newest = Math.max(0, ...run.generations.map(({ index }) => index));
  const [{ data, error }, retry] = useLiveQuery({
    query: priorityHistory,
    variables: { runId: run.id },
    pause: newest < 1,
  });
  useThrottledRefetch(retry, newest);
  const [chosen, setChosen] = useState("operation 0");
  const priorities = data?.operationPriorities ?? [];
  const positions = priorityPositions(priorities);
  const shown = positions.find(({ name }) => name === chosen) ?? positions[0];
  return (
    <Panel
      title="Priorities over generations"
      note="Probability with which each generation was drawn, at one place"
      data-testid="priority-history"
      controls={
        positions.length > 0 && (
          <Select
            aria-label="Place"
            className="w-44"
            value={shown?.name}
            onChange={(event) => setChosen(event.target.value)}
          >
            {positions.map(({ name, label }) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </Select>
        )
      }
    >
      {newest < 1 && (
        <p className="text-sm text-muted">
          {notYet(run.status, "Shown once the initial population has been scored.")}
        </p>
      )}
      {error && <ErrorNotice error={error} retry={retry} />}
      {newest >= 1 && !data && !error && <Skeleton className="h-60" />}
      {data && !shown && (
        <p className="text-sm text-muted">
          This search was drawn without priorities; only OP-NAS learns them.
        </p>
      )}
      {shown && (
        <HeatTable
          priorities={priorities
            .filter(({ kind, position }) => kind === shown.kind && position === shown.position)
            .map((priority) => ({ ...priority, position: priority.generation - 1 }))}
          kind={shown.kind}
          measure="probability"
          columnName="Generation"
        />
      )}
    </Panel>
  );
}
