import { clsx } from "clsx";
import { TriangleAlert } from "lucide-react";
import type { Stability } from "@/generated/graphql";
import { stabilityLooks } from "@/status/status";
import { Badge } from "@/ui/badge";

/** Shows how a candidate's training failed; nothing for a stable one. */
export function StabilityBadge({ stability }: { stability: Stability | null }) {
  if (!stability || stability === "STABLE") return null;
  const { label, title, tone } = stabilityLooks[stability];
  return (
    <Badge tone={tone} title={title}>
      {label}
    </Badge>
  );
}

/**
 * Shows how a candidate's training failed as an icon, for rows of a table; nothing for a stable
 * one.
 */
export function StabilityMark({ stability }: { stability: Stability | null }) {
  if (!stability || stability === "STABLE") return null;
  const { label, title, tone } = stabilityLooks[stability];
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
