import { clsx } from "clsx";
import { Panel } from "@/ui/card";
import { Legend, LegendItem } from "@/ui/legend";
import type { TaskScore } from "./queries";

const kindNames: Record<string, string> = {
  masked: "masked LM",
  zeroShot: "zero-shot",
  fineTuned: "fine-tuned",
};

/** Shows each task's score as a bar, with marks at the majority and n-gram baselines. */
export function TaskScores({ scores }: { scores: readonly TaskScore[] }) {
  return (
    <Panel
      title="Scores by task"
      note="Beside what guessing the commonest answer and an n-gram model reach on the same test set"
      data-testid="task-scores"
    >
      {scores.length === 0 ? (
        <p className="text-sm text-muted">
          Not scored yet. The scores appear here as soon as the candidate is evaluated.
        </p>
      ) : (
        <>
          <Legend className="mb-4">
            <LegendItem sign="h-3.5 border-l-2 border-dotted border-ink">Majority</LegendItem>
            <LegendItem sign="h-3.5 border-l-2 border-ink">n-gram</LegendItem>
          </Legend>
          <ul className="space-y-4">
            {scores.map((score) => (
              <TaskItem key={score.task} {...score} />
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

function TaskItem({ title, kind, metric, score, majority, ngram, diverged }: TaskScore) {
  const lead = score - Math.max(majority, ngram);
  return (
    <li data-testid="task-score">
      <div className="flex items-baseline justify-between gap-3 text-sm">
        <span className="min-w-0">
          <span className="font-medium">{title}</span>{" "}
          <span className="text-xs text-muted">
            {kindNames[kind] ?? kind} · {metric}
          </span>
          {diverged && <span className="text-xs text-bad"> · fine-tuning diverged</span>}
        </span>
        <span className="shrink-0 font-semibold tabular-nums">{score.toFixed(1)}</span>
      </div>
      <div aria-hidden className="relative mt-1.5 h-3 rounded bg-sunken">
        <span
          className={clsx(
            "absolute inset-y-0 left-0 rounded",
            lead > 0 ? "bg-accent" : "bg-muted/60",
          )}
          style={{ width: place(score) }}
        />
        <Mark at={majority} className="border-l-2 border-dotted border-ink" />
        <Mark at={ngram} className="border-l-2 border-ink" />
      </div>
      <p className="mt-1 flex justify-between gap-3 text-xs text-muted tabular-nums">
        <span>
          majority {majority.toFixed(1)} · n-gram {ngram.toFixed(1)}
        </span>
        <span className={clsx("font-medium", lead > 0 ? "text-good" : "text-muted")}>
          {lead > 0 ? `+${lead.toFixed(1)} over both` : `${(-lead).toFixed(1)} below the better`}
        </span>
      </p>
    </li>
  );
}

/** Returns the position of a score on the bar's scale from 0 to 100. */
function place(score: number): string {
  return `${Math.min(100, Math.max(0, score))}%`;
}

function Mark({ at, className }: { at: number; className: string }) {
  return (
    <span className={clsx("absolute -inset-y-1 -ml-px", className)} style={{ left: place(at) }} />
  );
}
