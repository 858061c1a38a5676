import type { RunStatus } from "@/generated/graphql";
import { Badge } from "@/ui/badge";
import { statusLooks } from "./status";

export function StatusBadge({ status }: { status: RunStatus }) {
  const { label, tone, dot } = statusLooks[status];
  return (
    <Badge tone={tone} dot={dot} data-testid="run-status">
      {label}
    </Badge>
  );
}
