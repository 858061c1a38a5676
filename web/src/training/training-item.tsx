"use client";

import { CircleStop, Play } from "lucide-react";
import dynamic from "next/dynamic";
import { useMutation } from "urql";
import { z } from "zod";
import { count } from "@/format/number";
import { eta } from "@/format/time";
import { isActive } from "@/runs/status";
import { StatusBadge } from "@/runs/status-badge";
import { Button } from "@/ui/button";
import { ProgressBar } from "@/ui/progress-bar";
import { ErrorNotice, Skeleton } from "@/ui/states";
import { TimeAgo } from "@/ui/time-ago";
import { cancelTraining, resumeTraining, type Training } from "./queries";
import { useCurve } from "./use-curve";

const CurveChart = dynamic(() => import("./curve-chart"), {
  ssr: false,
  loading: () => <Skeleton className="h-44" />,
});

const sizeSchema = z.object({
  size: z.object({ layers: z.int(), hidden: z.int(), length: z.int() }),
});

/** One pre-training: its size, how far it is, its loss curve as it grows. */
export function TrainingItem({ training }: { training: Training }) {
  const { settings, step, steps, status, error, artifact, etaSeconds, createdAt } = training;
  const { data } = sizeSchema.safeParse(settings);
  return (
    <li className="space-y-2 border-t border-line pt-3" data-testid="training">
      <div className="flex items-center justify-between gap-2">
        <p className="text-[13px]">
          {data && `${data.size.layers} layers · hidden ${data.size.hidden} · `}
          <TimeAgo time={createdAt} />
        </p>
        <StatusBadge status={status} />
      </div>
      <ProgressBar fraction={step / steps} label="Progress of the pre-training" />
      <p className="text-[13px] text-muted tabular-nums">
        Step {count(step)} of {count(steps)}
        {etaSeconds !== null && `, ${eta(etaSeconds) ?? ""}`}
      </p>
      {/* Its messages end with the training; one that goes on is asked for them anew. */}
      <Curve key={String(isActive(status))} trainingId={training.id} steps={steps} />
      {error && (
        <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 text-sm wrap-anywhere">
          {error.message} <span className="font-mono text-xs text-muted">{error.code}</span>
        </p>
      )}
      {artifact && <p className="font-mono text-xs break-all text-muted">{artifact}</p>}
      <Actions training={training} />
    </li>
  );
}

function Curve({ trainingId, steps }: { trainingId: string; steps: number }) {
  const points = useCurve(trainingId);
  const newest = points.at(-1);
  if (!newest) return null;
  return (
    <figure data-testid="training-curve" data-points={points.length}>
      <CurveChart points={points} steps={steps} />
      <figcaption className="text-[13px] tabular-nums">
        <span className="text-accent">Masked words {newest.maskedLoss.toFixed(3)}</span>
        <span className="text-muted"> · next sentence {newest.nextSentenceLoss.toFixed(3)}</span>
      </figcaption>
    </figure>
  );
}

function Actions({ training: { id, status } }: { training: Training }) {
  const [cancelling, cancel] = useMutation(cancelTraining);
  const [resuming, resume] = useMutation(resumeTraining);
  const busy = cancelling.fetching || resuming.fetching;
  const error = cancelling.error ?? resuming.error;
  return (
    <>
      {(status === "RUNNING" || status === "QUEUED") && (
        <Button size="small" disabled={busy} onClick={() => void cancel({ id })}>
          <CircleStop aria-hidden /> Cancel
        </Button>
      )}
      {(status === "CANCELLED" || status === "FAILED") && (
        <Button size="small" disabled={busy} onClick={() => void resume({ id })}>
          <Play aria-hidden /> Resume
        </Button>
      )}
      {error && <ErrorNotice error={error} />}
    </>
  );
}
