import type { ReactNode } from "react";

/** Shows a page's heading: title, a line below it, and buttons. */
export function PageHeader(props: { title: ReactNode; note?: ReactNode; actions?: ReactNode }) {
  return (
    <div className="mb-6 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        <h1 className="text-2xl font-semibold wrap-anywhere">{props.title}</h1>
        {props.note != null && (
          <div className="mt-1 text-sm wrap-anywhere text-muted">{props.note}</div>
        )}
      </div>
      {props.actions && <div className="flex flex-wrap gap-2">{props.actions}</div>}
    </div>
  );
}

/** Shows a figure with its name above it. */
export function Stat(props: { label: string; children: ReactNode; note?: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted">{props.label}</dt>
      <dd className="mt-0.5 text-lg font-semibold tabular-nums">{props.children}</dd>
      {props.note != null && <dd className="text-xs text-muted">{props.note}</dd>}
    </div>
  );
}
