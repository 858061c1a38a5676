import { clsx } from "clsx";
import Link from "next/link";
import { memo } from "react";
import type { Candidate } from "@/architecture/fragments";
import { Pattern } from "@/architecture/pattern";
import { ReferenceMark } from "@/architecture/reference-badge";
import { StabilityMark } from "@/architecture/stability-badge";
import { compact, multiple, score, shortTime } from "@/format/number";
import { columns } from "./columns";

/** Says what the time of a step was, and beside what. */
function stepTitle({ stepRatio, stepSeconds }: Candidate): string {
  if (stepRatio === null) return "Not timed beside vanilla BERT";
  return `${multiple(stepRatio)} the time of vanilla BERT's step (${shortTime(stepSeconds)} in training)`;
}

/** Shows one candidate: as a row of the table on a wide screen, as a small card on a narrow one. */
export const LeaderboardRow = memo(function LeaderboardRow(props: {
  rank: number;
  row: Candidate;
  arrived: boolean;
  showRun: boolean;
}) {
  const { rank, row, arrived, showRun } = props;
  return (
    <div
      role="row"
      data-testid="leaderboard-row"
      data-architecture-id={row.id}
      className={clsx(
        "relative grid items-center gap-x-4 gap-y-1.5 border-t border-line px-4 py-2.5 hover:bg-sunken/60 sm:px-5",
        "grid-cols-[2rem_minmax(0,1fr)_auto]",
        columns(showRun),
        arrived && "animate-arrive",
      )}
    >
      <div role="cell" className="text-sm text-muted tabular-nums">
        {rank}
      </div>
      <div role="cell" className="flex min-w-0 items-center gap-1.5">
        <Link
          href={`/architectures/${row.id}`}
          className={clsx(
            "text-sm font-medium after:absolute after:inset-0 hover:text-accent",
            row.reference ? "line-clamp-2 wrap-anywhere" : "truncate",
          )}
        >
          {row.name}
        </Link>
        {row.reference && <ReferenceMark />}
        <StabilityMark stability={row.stability} />
      </div>
      <div role="cell" className="flex items-center justify-end gap-3 md:justify-start">
        <span className="text-sm font-semibold tabular-nums md:w-12">{score(row.score)}</span>
        <span
          aria-hidden
          className="hidden h-1.5 flex-1 overflow-hidden rounded-full bg-sunken md:block"
        >
          <span
            className="block h-full rounded-full bg-accent transition-[width] duration-500"
            style={{ width: `${Math.min(100, Math.max(0, row.score ?? 0))}%` }}
          />
        </span>
      </div>
      <div role="cell" className="max-md:col-span-2 max-md:col-start-2">
        <Pattern layers={row.layers} />
      </div>
      <div role="cell" className="hidden text-right text-sm tabular-nums md:block">
        {compact(row.params)}
      </div>
      <div role="cell" className="hidden text-right text-sm tabular-nums lg:block">
        {compact(row.flops)}
      </div>
      <div
        role="cell"
        className="hidden text-right text-sm tabular-nums xl:block"
        title={stepTitle(row)}
      >
        {multiple(row.stepRatio)}
      </div>
      <div
        role="cell"
        className="min-w-0 text-[13px] wrap-anywhere text-muted max-md:col-span-2 max-md:col-start-2"
      >
        <span className="md:hidden">{compact(row.params)} parameters · </span>
        {showRun && (
          <>
            <Link
              href={`/runs/${row.run.id}`}
              className="relative hover:text-accent hover:underline"
            >
              {row.run.name}
            </Link>
            {" · "}
          </>
        )}
        {row.reference ? (
          "reference"
        ) : (
          <span className="whitespace-nowrap">gen {row.generationIndex}</span>
        )}
      </div>
      <span className="sr-only">Score {score(row.score)}</span>
    </div>
  );
});
