"use client";

import { useState } from "react";
import { useAskAgain } from "@/api/use-ask-again";
import { useLiveQuery } from "@/api/use-live-query";
import { Panel } from "@/ui/card";
import { Select } from "@/ui/field";
import { ErrorNotice, Skeleton } from "@/ui/states";
import { placesOf } from "./heat-map";
import { HeatTable } from "./heat-table";
import type { FullRun } from "@/run/queries";
import { priorityHistory } from "./queries";

/** How likely each operation or kernel was at one place, generation by generation. */
export function PriorityHistory({ run }: { run: FullRun }) {
  const newest = Math.max(0, ...run.generations.map(({ index }) => index));
  const [{ data, error }, retry] = useLiveQuery({
    query: priorityHistory,
    variables: { runId: run.id },
    pause: newest < 1,
  });
  useAskAgain(retry, newest);
  const [chosen, setChosen] = useState("operation 0");
  const priorities = data?.operationPriorities ?? [];
  const places = placesOf(priorities);
  const place = places.find(({ name }) => name === chosen) ?? places[0];
  return (
    <Panel
      title="Priorities over generations"
      note="Probability with which each generation was drawn, at one place"
      data-testid="priority-history"
      controls={
        places.length > 0 && (
          <Select
            aria-label="Place"
            className="w-44"
            value={place?.name}
            onChange={(event) => setChosen(event.target.value)}
          >
            {places.map(({ name, label }) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </Select>
        )
      }
    >
      {newest < 1 && (
        <p className="text-sm text-muted">Shown once the initial population has been scored.</p>
      )}
      {error && <ErrorNotice error={error} retry={retry} />}
      {newest >= 1 && !data && !error && <Skeleton className="h-60" />}
      {data && !place && (
        <p className="text-sm text-muted">
          This search was drawn without priorities; only OP-NAS learns them.
        </p>
      )}
      {place && (
        <HeatTable
          priorities={priorities
            .filter(({ kind, position }) => kind === place.kind && position === place.position)
            .map((priority) => ({ ...priority, position: priority.generation - 1 }))}
          kind={place.kind}
          measure="probability"
          columnName="Generation"
        />
      )}
    </Panel>
  );
}
