import { Badge } from "@/ui/badge";

/** Marks a published backbone that was evaluated beside a run's candidates. */
export function ReferenceBadge() {
  return (
    <Badge
      tone="warn"
      title="A published backbone, scored under the same protocol to compare with; it was not searched"
      data-testid="reference"
    >
      Reference
    </Badge>
  );
}
