import type { ReactNode } from "react";

/** A figure of a tooltip, with its name and the colour that it is drawn in. */
export interface TipRow {
  label: string;
  value: string;
  colour?: string | undefined;
}

/** Shows what a tooltip of a chart says: a title, a line below it, and figures with their names. */
export function Tip(props: { title: string; note?: ReactNode; rows?: readonly TipRow[] }) {
  const { title, note, rows = [] } = props;
  return (
    <div
      role="tooltip"
      data-testid="chart-tip"
      className="rounded-lg border border-line bg-surface px-3 py-2 text-xs shadow-card"
    >
      <p className="font-medium">{title}</p>
      {note != null && <p className="text-muted">{note}</p>}
      {rows.length > 0 && (
        <dl className="mt-1 space-y-0.5">
          {rows.map(({ label, value, colour }) => (
            <div key={label} className="flex items-center gap-2">
              {colour && (
                <span aria-hidden className="size-2 rounded-sm" style={{ background: colour }} />
              )}
              <dt className="text-muted">{label}</dt>
              <dd className="ml-auto pl-2 tabular-nums">{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
