import { clsx } from "clsx";
import { TriangleAlert } from "lucide-react";
import type { Stability } from "@/generated/graphql";
import { Badge } from "@/ui/badge";

const looks = {
  NO_LEARNING: {
    label: "Learned nothing",
    title: "Training did not lower the loss below that of guessing by word frequency.",
    tone: "warn",
  },
  DIVERGED: {
    label: "Diverged",
    title: "Training ended in infinite or undefined values.",
    tone: "bad",
  },
} as const;

/** Says what went wrong in training; nothing for a stable candidate. */
export function StabilityBadge({ stability }: { stability: Stability | null }) {
  if (!stability || stability === "STABLE") return null;
  const { label, title, tone } = looks[stability];
  return (
    <Badge tone={tone} title={title}>
      {label}
    </Badge>
  );
}

/** The same as a small sign, for rows of a table. */
export function StabilityMark({ stability }: { stability: Stability | null }) {
  if (!stability || stability === "STABLE") return null;
  const { label, title, tone } = looks[stability];
  return (
    <span
      title={`${label}: ${title}`}
      data-testid="unstable"
      className={clsx("shrink-0", tone === "bad" ? "text-bad" : "text-warn")}
    >
      <TriangleAlert aria-hidden className="size-3.5" />
      <span className="sr-only">{label}</span>
    </span>
  );
}
