import { z } from "@/security/zod";
import { score } from "@/format/number";

const nullableScore = z.number().nullable();
const lineSchema = z.object({
  index: z.number(),
  evaluated: z.number(),
  size: z.number(),
  bestScore: nullableScore,
  meanScore: nullableScore,
  bestScoreSoFar: nullableScore,
});

interface TooltipProps {
  active?: boolean;
  payload?: readonly { payload?: unknown }[];
}

/** Shows the figures of the generation under the pointer. */
export function GenerationTooltip({ active, payload = [] }: TooltipProps) {
  const generation = payload
    .map((entry) => lineSchema.safeParse(entry.payload))
    .find(({ success }) => success)?.data;
  if (!active || !generation) return null;
  const rows = [
    ["Best so far", generation.bestScoreSoFar],
    ["Best", generation.bestScore],
    ["Mean", generation.meanScore],
  ] as const;
  return (
    <div className="rounded-lg border border-line bg-surface px-3 py-2 text-xs shadow-card">
      <p className="font-medium">Generation {generation.index}</p>
      <p className="text-muted">
        {generation.evaluated} of {generation.size} scored
      </p>
      <dl className="mt-1 space-y-0.5">
        {rows.map(([label, value]) => (
          <div key={label} className="flex justify-between gap-4">
            <dt className="text-muted">{label}</dt>
            <dd className="tabular-nums">{score(value)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
