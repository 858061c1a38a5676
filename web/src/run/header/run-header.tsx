import { StatusBadge } from "@/status/status-badge";
import { strategyLabels } from "@/runs/labels";
import { PageHeader } from "@/ui/page";
import { TimeAgo } from "@/ui/time-ago";
import { ownText } from "./own-text";
import type { FullRun } from "@/run/queries";
import { RunActions } from "./run-actions";

export function RunHeader({ run }: { run: FullRun }) {
  const text = ownText(run.settings);
  return (
    <PageHeader
      title={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          {run.name}
          <StatusBadge status={run.status} />
        </span>
      }
      note={
        <>
          {strategyLabels[run.strategy]} · preset {run.preset} · seed{" "}
          <span className="font-mono">{run.seed}</span>
          {text && <> · {text}</>}
          {run.engine && <> · {run.engine}</>} · created <TimeAgo time={run.createdAt} />
        </>
      }
      actions={<RunActions run={run} />}
    />
  );
}
