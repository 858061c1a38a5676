"use client";

import { score } from "@/format/number";
import { Panel } from "@/ui/card";
import { lazyPart } from "@/ui/lazy-part";
import { Skeleton } from "@/ui/states";
import { Legend, LegendItem } from "@/ui/legend";
import { ScreenReaderTable } from "@/ui/screen-reader-table";
import { notYet } from "@/run/not-yet";
import type { FullRun } from "@/run/queries";

const GenerationChart = lazyPart(
  () => import("./generation-chart"),
  <Skeleton className="h-72 sm:h-80" />,
);

/** Shows the scores by generation as a chart, and as a table for screen readers. */
export function GenerationPanel({ run }: { run: FullRun }) {
  const { generations, settings } = run;
  return (
    <Panel
      title="Generations"
      note="Scores of all candidates; generation 0 is the initial population"
      controls={
        <Legend>
          <LegendItem sign="h-0.5 w-4 rounded bg-accent">Best so far</LegendItem>
          <LegendItem sign="w-4 border-t-2 border-dashed border-accent">Best</LegendItem>
          <LegendItem sign="h-0.5 w-4 rounded bg-muted">Mean</LegendItem>
          <LegendItem sign="size-1.5 rounded-full bg-accent/40">Candidate</LegendItem>
        </Legend>
      }
      data-testid="generation-chart"
    >
      {generations.length === 0 ? (
        <div className="grid h-72 grid-cols-1 place-items-center text-center text-sm text-muted">
          <p className="max-w-sm">
            {notYet(
              run.status,
              "The first generation starts when the super-net is trained. Scores appear here one by one.",
            )}
          </p>
        </div>
      ) : (
        <>
          <GenerationChart generations={generations} settings={settings} />
          <ScreenReaderTable
            caption="Scores by generation"
            headings={["Generation", "Evaluated", "Best", "Mean", "Best so far"]}
          >
            {generations.map(
              ({ id, index, evaluated, size, bestScore, meanScore, bestScoreSoFar }) => (
                <tr key={id} data-testid="generation">
                  <td>{index}</td>
                  <td>
                    {evaluated} of {size}
                  </td>
                  <td>{score(bestScore)}</td>
                  <td>{score(meanScore)}</td>
                  <td>{score(bestScoreSoFar)}</td>
                </tr>
              ),
            )}
          </ScreenReaderTable>
        </>
      )}
    </Panel>
  );
}
