import { StatusBadge } from "@/status/status-badge";
import { strategyLabels } from "@/runs/labels";
import { Badge } from "@/ui/badge";
import { lazyPart } from "@/ui/lazy-part";
import { PageHeader } from "@/ui/page";
import { TimeAgo } from "@/ui/time-ago";
import { ownText } from "./own-text";
import type { FullRun } from "@/run/queries";
import { PutAway } from "./put-away";
import { RunActions } from "./run-actions";

/** Pop-overs weigh 21 kB, a tenth of the page. */
const RunTools = lazyPart(() => import("./run-tools"), null);

export function RunHeader({ run }: { run: FullRun }) {
  const text = ownText(run.settings);
  return (
    <PageHeader
      title={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          {run.name}
          <StatusBadge status={run.status} />
          <PutAwayBadge run={run} />
        </span>
      }
      note={
        <>
          {strategyLabels[run.strategy]} · preset {run.preset} · seed{" "}
          <span className="font-mono">{run.seed}</span>
          {text && <> · {text}</>}
          <Engines run={run} /> · created <TimeAgo time={run.createdAt} />
          <Description run={run} />
        </>
      }
      actions={
        <>
          {run.archivedAt === null && run.deletedAt === null && <RunActions run={run} />}
          {/* As large as the buttons, so that nothing moves when they come. */}
          <div className="flex min-h-9 w-full flex-wrap justify-end gap-2 max-sm:min-h-20 max-sm:justify-start sm:w-[26.5rem]">
            <RunTools run={run} />
          </div>
          <PutAway run={run} />
        </>
      }
    />
  );
}

/** Shows a run's tags and its note. */
function Description({ run: { tags, note } }: { run: FullRun }) {
  return (
    <>
      {tags.length > 0 && (
        <span className="mt-2 flex flex-wrap gap-1.5" data-testid="run-tags">
          {tags.map((tag) => (
            <Badge key={tag}>{tag}</Badge>
          ))}
        </span>
      )}
      {note !== null && (
        <p className="mt-2 max-w-prose whitespace-pre-wrap text-ink" data-testid="run-note">
          {note}
        </p>
      )}
    </>
  );
}

/** Names the engine of a run's super-net, and says when others took part. */
function Engines({ run: { engine, engines } }: { run: FullRun }) {
  if (engines.length > 1) {
    return (
      <span className="text-warn" title={engines.join("\n")} data-testid="run-engines">
        {" "}
        · mixed engines: {engines.join("; ")}
      </span>
    );
  }
  return engine && <> · {engine}</>;
}

/** Says that a run is archived or deleted. */
function PutAwayBadge({ run: { archivedAt, deletedAt } }: { run: FullRun }) {
  if (archivedAt === null && deletedAt === null) return null;
  return (
    <span className="text-sm font-normal text-warn" data-testid="run-put-away">
      {deletedAt === null ? "Archived" : "Deleted; it can be restored until it is removed for good"}
    </span>
  );
}
