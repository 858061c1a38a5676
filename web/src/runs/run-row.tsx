import Link from "next/link";
import { score } from "@/format/number";
import { TimeAgo } from "@/ui/time-ago";
import type { Run } from "./fragments";
import { RunProgress } from "./run-progress";
import { strategyLabels } from "./labels";
import { StatusBadge } from "@/status/status-badge";

/** Shows one run of the list: as a row on a wide screen, as a card on a narrow one. */
export function RunRow({ run }: { run: Run }) {
  const best = run.bestArchitecture;
  return (
    <li
      data-testid="run-row"
      className="relative grid grid-cols-[minmax(0,1fr)_auto] gap-x-6 gap-y-2 border-t border-line px-4 py-3 first:border-t-0 hover:bg-sunken/60 sm:px-5 md:grid-cols-[minmax(0,1.3fr)_6.5rem_minmax(0,1fr)_7rem] md:items-center"
    >
      <div className="min-w-0">
        <Link
          href={`/runs/${run.id}`}
          className="block truncate text-sm font-medium after:absolute after:inset-0 hover:text-accent"
        >
          {run.name}
        </Link>
        <p className="text-[13px] wrap-anywhere text-muted">
          {run.preset} · {strategyLabels[run.strategy]} · seed {run.seed} ·{" "}
          <TimeAgo time={run.createdAt} />
        </p>
      </div>
      <div className="max-md:self-start">
        <StatusBadge status={run.status} />
      </div>
      <div className="min-w-0 max-md:col-span-2">
        <RunProgress run={run} />
      </div>
      <p className="text-sm max-md:col-span-2 md:text-right">
        <span className="text-xs text-muted">Best </span>
        <span className="font-semibold tabular-nums">{score(best?.score)}</span>
      </p>
    </li>
  );
}
