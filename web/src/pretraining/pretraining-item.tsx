"use client";

import { CircleStop, Play } from "lucide-react";
import { useMutation, useSubscription } from "urql";
import * as z from "@/security/zod";
import { count } from "@/format/number";
import { eta } from "@/format/time";
import { isActive, statusLooks } from "@/status/status";
import { StatusBadge } from "@/status/status-badge";
import { Button } from "@/ui/button";
import { ProgressBar } from "@/ui/progress-bar";
import { lazyPart } from "@/ui/lazy-part";
import { ErrorNotice, Skeleton } from "@/ui/states";
import { TimeAgo } from "@/ui/time-ago";
import {
  cancelPretraining,
  type LossPoint,
  type Pretraining,
  pretrainingLoss,
  resumePretraining,
} from "./queries";

const PretrainingLossChart = lazyPart(
  () => import("./pretraining-loss-chart"),
  <Skeleton className="h-52" />,
);

const sizeSchema = z.object({
  size: z.object({ layers: z.int(), hidden: z.int(), length: z.int() }),
});

/** Shows one pre-training: its size, its progress and its loss curve as it grows. */
export function PretrainingItem({ pretraining }: { pretraining: Pretraining }) {
  const { settings, step, steps, status, error, artifact, etaSeconds, createdAt } = pretraining;
  const { data } = sizeSchema.safeParse(settings);
  return (
    <li className="space-y-2 border-t border-line pt-3" data-testid="pretraining">
      <div className="flex items-center justify-between gap-2">
        <p className="text-[13px]">
          {data && `${data.size.layers} layers · hidden ${data.size.hidden} · `}
          <TimeAgo time={createdAt} />
        </p>
        <StatusBadge status={status} />
      </div>
      <ProgressBar
        fraction={step / steps}
        label="Progress of the pre-training"
        tone={statusLooks[status].bar}
      />
      <p className="text-[13px] text-muted tabular-nums">
        Step {count(step)} of {count(steps)}
        {etaSeconds !== null && `, ${eta(etaSeconds) ?? ""}`}
      </p>
      {/* The subscription ends with the pre-training; one that is resumed needs a new one. */}
      <LossCurve key={String(isActive(status))} id={pretraining.id} steps={steps} />
      {error && (
        <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 text-sm wrap-anywhere">
          {error.message} <span className="font-mono text-xs text-muted">{error.code}</span>
        </p>
      )}
      {artifact && <p className="font-mono text-xs break-all text-muted">{artifact}</p>}
      <Actions pretraining={pretraining} />
    </li>
  );
}

/** Shows the loss curve: the stored points, then each new one, also after a lost connection. */
function LossCurve({ id, steps }: { id: string; steps: number }) {
  const [{ data: points = [] }] = useSubscription(
    { query: pretrainingLoss, variables: { trainingId: id, after: 0 } },
    (earlier: readonly LossPoint[] = [], { trainingMetrics }) => [...earlier, ...trainingMetrics],
  );
  const newest = points.at(-1);
  if (!newest) return null;
  return (
    <figure data-testid="pretraining-loss" data-points={points.length}>
      <PretrainingLossChart points={points} steps={steps} />
      <figcaption className="text-[13px] tabular-nums">
        <span className="text-accent">Masked words {newest.maskedLoss.toFixed(3)}</span>
        <span className="text-muted"> · next sentence {newest.nextSentenceLoss.toFixed(3)}</span>
      </figcaption>
    </figure>
  );
}

function Actions({ pretraining: { id, status } }: { pretraining: Pretraining }) {
  const [cancelling, cancel] = useMutation(cancelPretraining);
  const [resuming, resume] = useMutation(resumePretraining);
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
