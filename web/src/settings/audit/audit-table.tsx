import { clock, dateTime } from "@/format/time";
import { Badge } from "@/ui/badge";
import { type DataColumn, DataTable } from "@/ui/data-table";
import type { AuditRow } from "./queries";

const columns: DataColumn<AuditRow>[] = [
  {
    label: "Time",
    className: "whitespace-nowrap tabular-nums",
    cell: ({ time }) => (
      <time dateTime={time} title={clock(time)}>
        {dateTime(time)}
      </time>
    ),
  },
  {
    label: "Caller",
    cell: ({ principalId, principalName, ipAddress }) => (
      <>
        {principalName}
        <span className="block text-xs text-muted">
          {principalId.startsWith("key:") && "by an API key "}
          {ipAddress && `from ${ipAddress}`}
        </span>
      </>
    ),
  },
  {
    label: "Action",
    cell: ({ action, targetId }) => (
      <>
        <span className="font-mono text-[13px]">{action}</span>
        {targetId && <span className="block font-mono text-xs text-muted">{targetId}</span>}
      </>
    ),
  },
  {
    label: "Outcome",
    cell: ({ outcome }) =>
      outcome === "OK" ? (
        <Badge tone="good">Done</Badge>
      ) : (
        <Badge tone={outcome === null ? "neutral" : "bad"}>{outcome ?? "Not known"}</Badge>
      ),
  },
];

/** Shows entries of the audit log. */
export function AuditTable({ rows }: { rows: readonly AuditRow[] }) {
  return (
    <DataTable
      label="Audit log"
      columns={columns}
      rows={rows}
      keyOf={({ id }) => id}
      data-testid="audit-entry"
    />
  );
}
