import { score as format } from "@/format/number";

/** The score in figures, with a bar on the scale 0–100. */
export function ScoreBar({ score }: { score: number | null }) {
  return (
    <div className="flex items-center justify-end gap-3 md:justify-start">
      <span className="text-sm font-semibold tabular-nums md:w-12">{format(score)}</span>
      <span
        aria-hidden
        className="hidden h-1.5 flex-1 overflow-hidden rounded-full bg-sunken md:block"
      >
        <span
          className="block h-full rounded-full bg-accent transition-[width] duration-500"
          style={{ width: `${Math.min(100, Math.max(0, score ?? 0))}%` }}
        />
      </span>
    </div>
  );
}
