"use client";

import { useState } from "react";
import { useThrottledRefetch } from "@/api/use-throttled-refetch";
import { useLiveQuery } from "@/api/use-live-query";
import { Panel } from "@/ui/card";
import { Select } from "@/ui/field";
import { lazyPart } from "@/ui/lazy-part";
import { ErrorNotice, Skeleton } from "@/ui/states";
import { Legend, LegendItem } from "@/ui/legend";
import { ScreenReaderTable } from "@/ui/screen-reader-table";
import { kernelColours } from "./kernel-colours";
import { notYet } from "@/run/not-yet";
import type { FullRun } from "@/run/queries";
import { kernelsByDepth } from "./queries";

const KernelsChart = lazyPart(() => import("./kernels-chart"), <Skeleton className="h-60" />);

const tops = [5, 10, 25, 100] as const;

/** Shows the choices of the run's best candidates in each layer: attention, or a kernel size. */
export function Kernels({ run }: { run: FullRun }) {
  const [top, setTop] = useState<number>(10);
  const [{ data, error }, retry] = useLiveQuery({
    query: kernelsByDepth,
    variables: { runId: run.id, top },
  });
  const evaluated = run.generations.reduce((sum, generation) => sum + generation.evaluated, 0);
  useThrottledRefetch(retry, evaluated);
  const layers = data?.kernelsByDepth;
  return (
    <Panel
      title="Kernels by depth"
      note="Attention and kernel sizes of the best candidates, layer by layer"
      data-testid="kernels"
      controls={
        <Select
          aria-label="Candidates"
          className="w-32"
          value={top}
          onChange={(event) => setTop(Number(event.target.value))}
        >
          {tops.map((count) => (
            <option key={count} value={count}>
              Best {count}
            </option>
          ))}
        </Select>
      }
    >
      {error && <ErrorNotice error={error} retry={retry} />}
      {!layers && !error && <Skeleton className="h-60" />}
      {layers?.length === 0 && (
        <p className="text-sm text-muted">
          {notYet(run.status, "Shown once the first candidates are scored.")}
        </p>
      )}
      {layers && layers.length > 0 && (
        <>
          <KernelsChart layers={layers} />
          <Legend className="mt-2">
            {kernelColours(layers).map(({ key, label, fill }) => (
              <LegendItem key={key} sign="size-2.5 rounded-sm" fill={fill}>
                {label}
              </LegendItem>
            ))}
          </Legend>
          <ScreenReaderTable
            caption="Kernels by depth"
            headings={["Layer", ...kernelColours(layers).map(({ label }) => label)]}
          >
            {layers.map(({ layer, attention, kernels }) => (
              <tr key={layer} data-testid="kernel-layer">
                <th scope="row">{layer + 1}</th>
                <td>{attention}</td>
                {kernels.map(({ kernelSize, count }) => (
                  <td key={kernelSize}>{count}</td>
                ))}
              </tr>
            ))}
          </ScreenReaderTable>
        </>
      )}
    </Panel>
  );
}
