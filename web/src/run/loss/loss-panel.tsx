"use client";

import { notYet } from "@/run/not-yet";
import type { FullRun } from "@/run/queries";
import { Panel } from "@/ui/card";
import { lazyPart } from "@/ui/lazy-part";
import { Skeleton } from "@/ui/states";
import type { LossPoint } from "./loss-curve";

const LossChart = lazyPart(() => import("./loss-chart"), <Skeleton className="h-72 sm:h-80" />);

/** Shows the super-net's loss while it is being trained. */
export function LossPanel({ points, run }: { points: readonly LossPoint[]; run: FullRun }) {
  const newest = points.at(-1);
  return (
    <Panel
      title="Super-net loss"
      note="Masked-word loss of the super-net; candidates inherit its weights when it is trained"
      controls={
        newest && (
          <span className="text-lg font-semibold tabular-nums">{newest.loss.toFixed(3)}</span>
        )
      }
      data-testid="loss-chart"
    >
      {newest ? (
        <LossChart points={points} steps={run.progress.total} />
      ) : (
        <p className="grid h-72 grid-cols-1 place-items-center text-sm text-muted">
          {notYet(run.status, "The first steps are being made.")}
        </p>
      )}
    </Panel>
  );
}
