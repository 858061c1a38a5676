"use client";

import dynamic from "next/dynamic";
import { Panel } from "@/ui/card";
import { Skeleton } from "@/ui/states";
import type { LossPoint } from "./loss-curve";

const LossChart = dynamic(() => import("./loss-chart"), {
  ssr: false,
  loading: () => <Skeleton className="h-72" />,
});

/** Shows the super-net's loss while it is being trained. */
export function LossPanel({ points, steps }: { points: readonly LossPoint[]; steps: number }) {
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
        <LossChart points={points} steps={steps} />
      ) : (
        <p className="grid h-72 grid-cols-1 place-items-center text-sm text-muted">
          The first steps are being made.
        </p>
      )}
    </Panel>
  );
}
