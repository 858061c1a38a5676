import { count, percent } from "@/format/number";
import { eta } from "@/format/time";
import { statusLooks } from "@/status/status";
import { ProgressBar } from "@/ui/progress-bar";
import type { Run } from "./fragments";
import { phaseNames, phaseUnits } from "./labels";

/**
 * Shows a run's progress in two lines: a bar over the whole run, and the count of the present
 * phase.
 */
export function RunProgress({ run }: { run: Run }) {
  const { progress, status, name } = run;
  const { phase, done, total, fraction } = progress;
  const left = status === "RUNNING" ? eta(progress.etaSeconds) : null;
  return (
    <div>
      <ProgressBar
        fraction={fraction}
        label={`Progress of ${name}`}
        tone={statusLooks[status].bar}
      />
      <p className="mt-1.5 flex flex-wrap justify-between gap-x-3 text-xs text-muted tabular-nums">
        <span>
          {phaseNames[phase]}
          {total > 0 && ` · ${count(done)} of ${count(total)} ${phaseUnits[phase]}`}
        </span>
        <span>
          {percent(fraction)}
          {left && ` · ${left}`}
        </span>
      </p>
    </div>
  );
}
