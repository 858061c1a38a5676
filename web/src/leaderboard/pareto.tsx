"use client";

import { useState } from "react";
import { useThrottledRefetch } from "@/api/use-throttled-refetch";
import { useLiveQuery } from "@/api/use-live-query";
import type { Candidate } from "@/architecture/fragments";
import { score } from "@/format/number";
import type { LeaderboardFilter, ParetoCost } from "@/generated/graphql";
import { Panel } from "@/ui/card";
import { Select } from "@/ui/field";
import { lazyPart } from "@/ui/lazy-part";
import { ErrorNotice, Skeleton } from "@/ui/states";
import { Legend, LegendItem } from "@/ui/legend";
import { ScreenReaderTable } from "@/ui/screen-reader-table";
import { costNames, costs, paretoPoints } from "./pareto-points";
import { paretoFront } from "./queries";

const ParetoChart = lazyPart(() => import("./pareto-chart"), <Skeleton className="h-72 sm:h-80" />);

/** Shows the Pareto front of score against a cost, over the loaded rows. */
export function Pareto(props: {
  filter: LeaderboardFilter;
  rows: readonly Candidate[];
  /** The number of changes of the rows that were pushed so far. */
  pushed: number;
}) {
  const { filter, rows, pushed } = props;
  const [x, setX] = useState<ParetoCost>("PARAMS");
  const [{ data, error }, retry] = useLiveQuery({ query: paretoFront, variables: { filter, x } });
  useThrottledRefetch(retry, pushed);
  const points = paretoPoints(rows, data?.paretoFront ?? [], x);
  return (
    <Panel
      title="Pareto front"
      note={noteOf(x, filter)}
      data-testid="pareto"
      controls={
        <Select
          aria-label="Cost"
          className="w-44"
          value={x}
          onChange={(event) => setX(costNames.find((name) => name === event.target.value) ?? x)}
        >
          {costNames.map((name) => (
            <option key={name} value={name}>
              {costs[name].label}
            </option>
          ))}
        </Select>
      }
    >
      {error && <ErrorNotice error={error} retry={retry} />}
      {!data && !error && <Skeleton className="h-72" />}
      {data?.paretoFront.length === 0 && (
        <p className="text-sm text-muted">
          None yet. Stable candidates with a known cost appear here once they are scored.
        </p>
      )}
      {data && data.paretoFront.length > 0 && (
        <>
          <ParetoChart points={points} x={x} />
          <Legend className="mt-2">
            <LegendItem sign="h-0.5 w-4 rounded bg-accent">Front</LegendItem>
            <LegendItem sign="size-1.5 rounded-full bg-accent/40">Candidate</LegendItem>
            <LegendItem sign="size-2 rounded-full bg-warn">Reference</LegendItem>
          </Legend>
          <ScreenReaderTable
            caption={`Pareto front of score against ${costs[x].label.toLowerCase()}`}
            headings={["Architecture", costs[x].label, "Score"]}
          >
            {points
              .filter(({ onFront }) => onFront)
              .map(({ id, name, cost, score: value }) => (
                <tr key={id} data-testid="pareto-point">
                  <td>{name}</td>
                  <td>{costs[x].format(cost)}</td>
                  <td>{score(value)}</td>
                </tr>
              ))}
          </ScreenReaderTable>
        </>
      )}
    </Panel>
  );
}

function noteOf(x: ParetoCost, { runId, preset }: LeaderboardFilter): string {
  const front =
    x === "STEP_TIME"
      ? "Architectures that no other beats in score and time of a training step, as a multiple of vanilla BERT's on the same machine; those that were not measured beside it are left out"
      : `Architectures that no other beats in score and ${costs[x].label === "FLOPs" ? "FLOPs" : "parameters"}; dots are the rows that are loaded`;
  const isMixed = runId == null && preset == null;
  return isMixed ? `${front}. Scores of different presets do not compare: choose one above` : front;
}
