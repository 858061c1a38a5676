"use client";

import { clsx } from "clsx";
import { Fragment } from "react";
import { useSubscription } from "urql";
import { useLiveQuery } from "@/api/use-live-query";
import { plural } from "@/format/number";
import { workerLook } from "@/status/status";
import { Badge } from "@/ui/badge";
import { Panel } from "@/ui/card";
import { ErrorNotice, SkeletonRows } from "@/ui/states";
import { TimeAgo } from "@/ui/time-ago";
import { type Worker, workerChanges, workerList } from "./queries";
import { hostMemoryText, usageTexts } from "./usage";

/** Lists the workers: each one's engine, why it is not a better one, and its current jobs. */
export function Workers({ className }: { className?: string }) {
  const [{ data, error }, retry] = useLiveQuery({ query: workerList });
  useSubscription({ query: workerChanges });
  const workers = data?.workers.filter(({ status }) => status !== "stopped");
  return (
    <Panel title="Workers" className={className} data-testid="workers">
      {error && !workers && <ErrorNotice error={error} retry={retry} />}
      {!workers && !error && <SkeletonRows rows={1} />}
      {workers?.length === 0 && (
        <p className="text-sm text-muted">
          No worker is running. Start the platform with{" "}
          <code className="rounded bg-sunken px-1 py-0.5 font-mono text-[0.9em]">npm start</code>;
          searches wait in the queue until a worker is there.
        </p>
      )}
      <ul className="space-y-4">
        {workers?.map((worker) => (
          <WorkerItem key={worker.id} worker={worker} />
        ))}
      </ul>
    </Panel>
  );
}

function WorkerItem({ worker }: { worker: Worker }) {
  const { name, engine, engineReasons, threads, slots, status, currentJobs, lastSeenAt } = worker;
  const rests = worker.restReason !== null && status !== "lost";
  const { label, tone, dot } = workerLook(rests ? "resting" : status);
  const usage = usageTexts(worker);
  return (
    <li data-testid="worker" className="text-sm">
      <div className="flex items-center justify-between gap-2">
        <span className="truncate font-medium" title={name}>
          {name}
        </span>
        <Badge tone={tone} dot={dot} data-testid="worker-status">
          {label}
        </Badge>
      </div>
      <p className="mt-0.5 text-[13px] text-muted">
        <span className="font-medium text-ink">{engine}</span> · {plural(threads, "thread")} ·{" "}
        {plural(slots, "slot")}
      </p>
      {usage.length > 0 && (
        <p
          data-testid="worker-usage"
          title={hostMemoryText(worker)}
          className="mt-0.5 text-[13px] text-muted tabular-nums"
        >
          {usage.map((text, index) => (
            <Fragment key={text}>
              {index > 0 && " · "}
              <span className="whitespace-nowrap">{text}</span>
            </Fragment>
          ))}
        </p>
      )}
      {rests && (
        <p role="status" className="mt-1 text-[13px] wrap-anywhere text-warn">
          Takes no jobs for a while: {worker.restReason}
        </p>
      )}
      {status === "busy" && (
        <ul className="mt-1 text-[13px] text-muted">
          {currentJobs.map((job, index) => (
            <li key={`${job}-${index}`} className="truncate" title={job}>
              {job}
            </li>
          ))}
        </ul>
      )}
      {engineReasons.length > 0 && (
        <details className="mt-1 text-[13px] text-muted">
          <summary className="hover:text-ink">Why this engine</summary>
          <ul className="mt-1 list-disc space-y-1 pl-5">
            {engineReasons.map((reason) => (
              <li key={reason} className="wrap-anywhere">
                {reason}
              </li>
            ))}
          </ul>
        </details>
      )}
      <p className={clsx("mt-1 text-xs", status === "lost" ? "text-warn" : "text-muted")}>
        Seen <TimeAgo time={lastSeenAt} />
      </p>
    </li>
  );
}
