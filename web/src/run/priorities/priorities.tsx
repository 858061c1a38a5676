"use client";

import { useState } from "react";
import { useLiveQuery } from "@/api/use-live-query";
import { Panel } from "@/ui/card";
import { Select } from "@/ui/field";
import { ErrorNotice, Skeleton } from "@/ui/states";
import type { Measure } from "./heat-map";
import { HeatTable } from "./heat-table";
import { notYet } from "@/run/not-yet";
import type { FullRun } from "@/run/queries";
import { operationPriorities } from "./queries";

const measures: Record<Measure, string> = {
  probability: "Probability",
  ucb: "UCB",
  meanScore: "Mean score",
  count: "Times sampled",
};
const measureNames = ["probability", "ucb", "meanScore", "count"] as const;

/**
 * Shows the statistics of each operation at each position, for the generation that was sampled with
 * them.
 */
export function Priorities({ run }: { run: FullRun }) {
  // A generation's priorities are those it was drawn with: the initial population has none.
  const newest = Math.max(0, ...run.generations.map(({ index }) => index));
  const [chosen, setChosen] = useState<number | null>(null);
  const [measure, setMeasure] = useState<Measure>("probability");
  const generation = Math.min(chosen ?? newest, newest);
  const [{ data, error }, retry] = useLiveQuery({
    query: operationPriorities,
    variables: { runId: run.id, generation },
    pause: newest < 1,
  });
  const priorities = data?.operationPriorities;
  return (
    <Panel
      title="Operation priorities"
      note="How likely a mutation is to put each operation or kernel at each place, learned from the scores (UCB)"
      data-testid="priorities"
      controls={
        <Select
          aria-label="Measure"
          className="w-40"
          value={measure}
          onChange={(event) =>
            setMeasure(measureNames.find((name) => name === event.target.value) ?? measure)
          }
        >
          {measureNames.map((name) => (
            <option key={name} value={name}>
              {measures[name]}
            </option>
          ))}
        </Select>
      }
    >
      {newest < 1 && (
        <p className="text-sm text-muted">
          {notYet(
            run.status,
            "Learned from scores: shown once the initial population has been scored.",
          )}
        </p>
      )}
      {newest > 1 && (
        <label className="mb-4 flex items-center gap-3 text-[13px]">
          <span className="shrink-0 tabular-nums">
            Generation {generation} was drawn with
            {chosen === null && <span className="text-muted"> (newest)</span>}
          </span>
          <input
            type="range"
            min={1}
            max={newest}
            value={generation}
            data-testid="generation-slider"
            onChange={(event) => {
              const value = Number(event.target.value);
              setChosen(value === newest ? null : value);
            }}
            className="w-full max-w-72 accent-accent"
          />
        </label>
      )}
      {error && <ErrorNotice error={error} retry={retry} />}
      {newest >= 1 && !priorities && !error && <Skeleton className="h-64" />}
      {priorities?.length === 0 && (
        <p className="text-sm text-muted">
          This generation was drawn without priorities; only OP-NAS learns them.
        </p>
      )}
      {priorities && (
        <div className="flex flex-wrap gap-x-10 gap-y-6">
          <HeatTable priorities={priorities} kind="operation" measure={measure} />
          <HeatTable priorities={priorities} kind="kernel" measure={measure} />
        </div>
      )}
    </Panel>
  );
}
