import { duration } from "@/format/time";
import { Panel } from "@/ui/card";
import { notYet } from "./not-yet";
import type { FullRun } from "./queries";

const parts = [
  { field: "superNetSeconds", label: "Super-net", colour: "var(--accent)" },
  { field: "trainSeconds", label: "Candidates, training", colour: mix(72) },
  { field: "fineTuneSeconds", label: "Candidates, fine-tuning", colour: mix(48) },
  { field: "scoreSeconds", label: "Candidates, scoring", colour: mix(26) },
  { field: "overheadSeconds", label: "Platform", colour: "var(--line-strong)" },
] as const;

function mix(percent: number): string {
  return `color-mix(in oklab, var(--accent) ${percent}%, var(--surface))`;
}

/** Shows how the time is split between phases, and the platform's overhead per candidate. */
export function TimeSplit({ run: { timings, generations, status } }: { run: FullRun }) {
  const total = parts.reduce((sum, { field }) => sum + timings[field], 0);
  const evaluated = generations.reduce((sum, generation) => sum + generation.evaluated, 0);
  const overheadMs = evaluated > 0 ? (1000 * timings.overheadSeconds) / evaluated : null;
  return (
    <Panel
      title="Time"
      note="Of all trainers added up; they work side by side, so it may be more than the run took"
      data-testid="time-split"
    >
      {total === 0 ? (
        <p className="text-sm text-muted">{notYet(status, "Shown once the first work is done.")}</p>
      ) : (
        <>
          <div aria-hidden className="flex h-2.5 gap-px overflow-hidden rounded-full">
            {parts.map(({ field, colour }) => (
              <span key={field} style={{ flexGrow: timings[field] / total, background: colour }} />
            ))}
          </div>
          <dl className="mt-3 space-y-1.5 text-[13px]">
            {parts.map(({ field, label, colour }) => (
              <div key={field} className="flex items-center gap-2">
                <span aria-hidden className="size-2.5 rounded-sm" style={{ background: colour }} />
                <dt className="text-muted">{label}</dt>
                <dd className="ml-auto tabular-nums">{duration(timings[field])}</dd>
              </div>
            ))}
          </dl>
          {overheadMs !== null && (
            <p className="mt-3 border-t border-line pt-2 text-xs text-muted">
              Platform overhead: {overheadMs.toFixed(0)} ms per candidate
            </p>
          )}
        </>
      )}
    </Panel>
  );
}
