"use client";

import { ButtonLink } from "@/ui/button";
import { Empty, ErrorNotice, Skeleton } from "@/ui/states";
import { BestCandidate } from "@/run/candidates/best-candidate";
import { Candidates } from "@/run/candidates/candidates";
import { lossCurve } from "@/run/loss/loss-curve";
import { EventLog } from "@/run/events/event-log-panel";
import { GenerationPanel } from "@/run/generations/generation-panel";
import { Kernels } from "@/run/kernels/kernels";
import { LossPanel } from "@/run/loss/loss-panel";
import { Priorities } from "@/run/priorities/priorities";
import { PriorityHistory } from "@/run/priorities/priority-history";
import { ProgressCard } from "@/run/header/progress-card";
import { RunHeader } from "@/run/header/run-header";
import { Settings } from "./settings-panel";
import { TimeSplit } from "./time-split";
import { useRun } from "./use-run";

/** Shows one search, live: its progress, its generations and its candidates. */
export function RunPage({ id }: { id: string }) {
  const { run, found, error, retry, log } = useRun(id);
  if (found === false) {
    return (
      <Empty
        isPage
        title="There is no such run"
        action={<ButtonLink href="/runs">All runs</ButtonLink>}
      >
        It may belong to another database, or its address was mistyped.
      </Empty>
    );
  }
  if (!run) {
    return error ? <ErrorNotice error={error} retry={retry} /> : <RunSkeleton />;
  }
  return (
    <div className="space-y-6" data-testid="run-page">
      <title>{`${run.name} · OP-NAS`}</title>
      <RunHeader run={run} />
      {error && <ErrorNotice error={error} retry={retry} />}
      <ProgressCard run={run} />
      <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
        {run.phase === "SUPERNET" ? (
          <LossPanel points={lossCurve(log)} run={run} />
        ) : (
          <GenerationPanel run={run} />
        )}
        <div className="space-y-6">
          <BestCandidate run={run} />
          <TimeSplit run={run} />
        </div>
      </div>
      <Priorities run={run} />
      <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-2">
        <PriorityHistory run={run} />
        <Kernels run={run} />
      </div>
      <Candidates run={run} />
      <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-2">
        <EventLog log={log} />
        <Settings run={run} />
      </div>
    </div>
  );
}

function RunSkeleton() {
  return (
    <div role="status" aria-label="Loading" className="space-y-6">
      <Skeleton className="h-9 w-72" />
      <Skeleton className="h-32" />
      <Skeleton className="h-80" />
    </div>
  );
}
