import { Bookmark } from "lucide-react";
import { Badge } from "@/ui/badge";

const title =
  "A published backbone, scored under the same protocol to compare with; it was not searched";

/** Marks a published backbone that was evaluated beside a run's candidates. */
export function ReferenceBadge() {
  return (
    <Badge tone="warn" title={title}>
      Reference
    </Badge>
  );
}

/** Marks a reference with an icon, for rows of a table. */
export function ReferenceMark() {
  return (
    <span title={`Reference: ${title}`} data-testid="reference" className="shrink-0 text-warn">
      <Bookmark aria-hidden className="size-3.5" />
      <span className="sr-only">Reference</span>
    </span>
  );
}
