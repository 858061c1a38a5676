"use client";

import { clsx } from "clsx";
import { plural } from "@/format/number";
import { Badge } from "@/ui/badge";
import { Panel } from "@/ui/card";
import { ErrorNotice, SkeletonRows } from "@/ui/states";
import { TimeAgo } from "@/ui/time-ago";
import type { Worker } from "./queries";
import { useWorkers } from "./use-workers";

/** Who trains: each worker's engine, why it is not a better one, and what it is at. */
export function Workers({ className }: { className?: string }) {
  const { workers: all, error, retry } = useWorkers();
  const workers = all?.filter(({ status }) => status !== "stopped");
  return (
    <Panel title="Workers" className={className} data-testid="workers">
      {error && !workers && <ErrorNotice error={error} retry={retry} />}
      {!workers && !error && <SkeletonRows rows={1} />}
      {workers?.length === 0 && (
        <p className="text-sm text-muted">
          No worker is running. Start the platform with <Code>npm start</Code>; searches wait in the
          queue until a worker is there.
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
  const lost = status === "lost";
  const busy = status === "busy";
  return (
    <li data-testid="worker" className="text-sm">
      <div className="flex items-center justify-between gap-2">
        <span className="truncate font-medium" title={name}>
          {name}
        </span>
        <Badge
          tone={lost ? "warn" : busy ? "accent" : "neutral"}
          dot={busy ? "pulsing" : "still"}
          data-testid="worker-status"
        >
          {capital(status)}
        </Badge>
      </div>
      <p className="mt-0.5 text-[13px] text-muted">
        <span className="font-medium text-ink">{engine}</span> · {plural(threads, "thread")} ·{" "}
        {plural(slots, "slot")}
      </p>
      {busy && (
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
      <p className={clsx("mt-1 text-xs", lost ? "text-warn" : "text-muted")}>
        Seen <TimeAgo time={lastSeenAt} />
      </p>
    </li>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();
}

function Code({ children }: { children: string }) {
  return <code className="rounded bg-sunken px-1 py-0.5 font-mono text-[0.9em]">{children}</code>;
}
