import { clsx } from "clsx";
import Link from "next/link";
import { score } from "@/format/number";
import { Panel } from "@/ui/card";
import type { Architecture } from "./queries";

interface Step {
  id: string;
  name: string;
  score: number | null;
  generationIndex: number;
  mutation: string | null;
}

/** Returns the chain from the first ancestor to `architecture`, which is the last step. */
export function lineageSteps(architecture: Architecture): Step[] {
  const { id, lineage } = architecture;
  const ancestors = lineage
    .map(({ architecture: ancestor, mutation }) => ({ ...ancestor, mutation }))
    .filter((step) => step.id !== id)
    .sort((a, b) => a.generationIndex - b.generationIndex);
  return [...ancestors, architecture];
}

/** Shows the architecture's ancestors, and the mutation that led from each to the next. */
export function Lineage({ architecture }: { architecture: Architecture }) {
  const steps = lineageSteps(architecture);
  return (
    <Panel
      title="Lineage"
      note={
        architecture.reference
          ? "A published backbone: it was not searched"
          : steps.length === 1
            ? "Sampled for the initial population"
            : "From the first ancestor on"
      }
      data-testid="lineage"
    >
      <ol className="max-h-[28rem] overflow-y-auto">
        {steps.map((step, index) => {
          const here = step.id === architecture.id;
          return (
            <li key={step.id} className="relative pb-3 pl-6 last:pb-0">
              {index < steps.length - 1 && (
                <span
                  aria-hidden
                  className="absolute top-3 bottom-[-0.4rem] left-[5px] w-0.5 bg-line"
                />
              )}
              <span
                aria-hidden
                className={clsx(
                  "absolute top-1.5 left-0 size-3 rounded-full border-2",
                  here ? "border-accent bg-accent" : "border-line-strong bg-surface",
                )}
              />
              {step.mutation && (
                <p className="text-[13px] wrap-anywhere text-muted">{step.mutation}</p>
              )}
              <p className="flex items-baseline justify-between gap-3 text-sm">
                {here ? (
                  <span className="min-w-0 font-medium wrap-anywhere">{step.name}</span>
                ) : (
                  <Link
                    href={`/architectures/${step.id}`}
                    className="min-w-0 truncate font-medium hover:text-accent hover:underline"
                  >
                    {step.name}
                  </Link>
                )}
                <span className="shrink-0 text-[13px] text-muted tabular-nums">
                  gen {step.generationIndex} · {score(step.score)}
                </span>
              </p>
            </li>
          );
        })}
      </ol>
    </Panel>
  );
}
