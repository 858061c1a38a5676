import { clsx } from "clsx";
import { Check } from "lucide-react";
import type { RunPhase } from "@/generated/graphql";
import { count, percent, plural } from "@/format/number";
import { duration, eta } from "@/format/time";
import { phaseNames, phaseUnits } from "@/runs/labels";
import { statusLooks } from "@/status/status";
import { Card } from "@/ui/card";
import { ProgressBar } from "@/ui/progress-bar";
import type { FullRun } from "@/run/queries";
import { Failures } from "./failures";

const phases = ["PREPARING", "SUPERNET", "SEARCHING", "FINISHED"] as const satisfies RunPhase[];

/**
 * Shows the run's progress: its phase, a bar over the whole run, the count of the present phase and
 * the time left.
 */
export function ProgressCard({ run }: { run: FullRun }) {
  const { progress, status, error } = run;
  const { done, total, fraction, message, phase } = progress;
  return (
    <Card aria-label="Progress" className="p-4 sm:p-5">
      <Phases current={phase} finished={status === "DONE"} />
      <div className="mt-4 flex items-baseline justify-between gap-4">
        <p className="min-w-0 text-sm wrap-anywhere">
          {total > 0 && phase !== "FINISHED" && (
            <span className="font-medium tabular-nums">
              {count(done)} of {count(total)} {phaseUnits[phase]}
            </span>
          )}
          {phase === "FINISHED" && run.generations.length > 0 && (
            <span className="font-medium">{summary(run)}</span>
          )}
          {message && <span className="text-muted"> {message}</span>}
        </p>
        <p className="text-2xl font-semibold tabular-nums" data-testid="run-percent">
          {percent(fraction)}
        </p>
      </div>
      <div className="mt-2">
        <ProgressBar
          thick
          fraction={fraction}
          label="Progress of the run"
          tone={statusLooks[status].bar}
          data-testid="run-progress"
        />
      </div>
      <p className="mt-2 text-[13px] text-muted tabular-nums" data-testid="run-eta">
        {timeLine(run)}
      </p>
      <Failures run={run} />
      {error && (
        <p role="alert" className="mt-3 rounded-lg bg-bad-soft px-3 py-2 text-sm wrap-anywhere">
          {error.message} <span className="font-mono text-xs text-muted">{error.code}</span>
        </p>
      )}
    </Card>
  );
}

function timeLine(run: FullRun): string {
  const { status, progress, startedAt, finishedAt, waitingReason } = run;
  if (waitingReason) return `Waits, and goes on by itself. ${waitingReason}`;
  if (status === "QUEUED") return "Waits for a worker";
  if (status === "PAUSED") return "Paused; it goes on from here when resumed";
  if (finishedAt && startedAt) {
    return `Took ${duration((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000)}`;
  }
  if (status === "RUNNING") {
    const left = eta(progress.etaSeconds);
    return left ? `${left} in this phase` : "Time left is being estimated";
  }
  return "Ended";
}

function summary({ generations }: FullRun): string {
  const evaluated = generations.reduce((sum, generation) => sum + generation.evaluated, 0);
  return `${plural(evaluated, "candidate")} in ${plural(generations.length, "generation")}`;
}

function Phases({ current, finished }: { current: RunPhase; finished: boolean }) {
  const at = phases.indexOf(current);
  return (
    <ol className="flex flex-wrap items-center gap-x-2 gap-y-1 text-[13px]" data-testid="run-phase">
      {phases.map((phase, index) => {
        const over = index < at || finished;
        const here = index === at && !finished;
        return (
          <li
            key={phase}
            aria-current={here ? "step" : undefined}
            className={clsx(
              "flex items-center gap-1.5",
              here ? "font-semibold text-accent" : over ? "text-ink" : "text-muted",
            )}
          >
            {index > 0 && <span aria-hidden className="mr-0.5 h-px w-4 bg-line-strong sm:w-8" />}
            {over && <Check aria-label="done:" className="size-3.5 text-good" />}
            {phaseNames[phase]}
          </li>
        );
      })}
    </ol>
  );
}
