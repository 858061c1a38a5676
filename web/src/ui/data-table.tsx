import { clsx } from "clsx";
import type { ReactNode } from "react";

/** A column of a table of rows of type `Row`. */
export interface DataColumn<Row> {
  label: string;
  cell: (row: Row) => ReactNode;
  /** Classes of its cells, such as their width. */
  className?: string;
  /** True for buttons, whose column has no visible heading. */
  isActions?: boolean;
}

/**
 * Shows rows as a table; on a narrow screen each row is a small list of labelled values. The roles
 * are written out, because another `display` takes them from the elements.
 */
export function DataTable<Row>(props: {
  label: string;
  columns: readonly DataColumn<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  "data-testid"?: string;
}) {
  const { label, columns, rows, keyOf } = props;
  return (
    <table role="table" aria-label={label} className="w-full text-sm max-sm:block">
      <thead role="rowgroup" className="max-sm:sr-only">
        <tr role="row" className="text-left text-xs text-muted">
          {columns.map((column) => (
            <th
              key={column.label}
              role="columnheader"
              scope="col"
              className="pr-4 pb-2 font-normal last:pr-0"
            >
              <span className={clsx(column.isActions && "sr-only")}>{column.label}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup" className="max-sm:block">
        {rows.map((row) => (
          <tr
            key={keyOf(row)}
            role="row"
            data-testid={props["data-testid"]}
            className="border-t border-line max-sm:grid max-sm:gap-1 max-sm:py-3 max-sm:first:border-t-0 max-sm:first:pt-0"
          >
            {columns.map((column) => (
              <td
                key={column.label}
                role="cell"
                className={clsx(
                  "py-2 pr-4 align-middle wrap-anywhere last:pr-0",
                  "max-sm:flex max-sm:items-baseline max-sm:gap-3 max-sm:p-0",
                  column.className,
                )}
              >
                {!column.isActions && (
                  <span aria-hidden className="w-24 shrink-0 text-xs text-muted sm:hidden">
                    {column.label}
                  </span>
                )}
                <div className="min-w-0">{column.cell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
