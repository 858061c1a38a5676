import Link from "next/link";
import type { Candidate } from "@/architecture/fragments";
import { Pattern } from "@/architecture/pattern";
import { compact, score } from "@/format/number";
import { notYet } from "@/run/not-yet";
import type { FullRun } from "@/run/queries";
import { Panel } from "@/ui/card";

/** Shows the best candidate so far. */
export function BestCandidate({ run }: { run: FullRun }) {
  const best: Candidate | null = run.bestArchitecture;
  return (
    <Panel title="Best candidate" data-testid="best-candidate">
      {best ? (
        <>
          <p className="flex items-baseline justify-between gap-3">
            <Link
              href={`/architectures/${best.id}`}
              className="truncate text-sm font-medium text-accent hover:underline"
            >
              {best.name}
            </Link>
            <span className="text-2xl font-semibold tabular-nums">{score(best.score)}</span>
          </p>
          <div className="mt-2">
            <Pattern layers={best.layers} />
          </div>
          <p className="mt-2 text-[13px] text-muted">
            Generation {best.generationIndex} · {compact(best.params)} parameters ·{" "}
            {compact(best.flops)} FLOPs
          </p>
        </>
      ) : (
        <p className="text-sm text-muted">
          {notYet(
            run.status,
            "None yet. The first candidates are scored once the super-net is trained.",
          )}
        </p>
      )}
    </Panel>
  );
}
