import { clsx } from "clsx";
import { ArrowDown, ArrowUp } from "lucide-react";
import type { ArchitectureOrder, ArchitectureOrderField } from "@/generated/graphql";
import { columns, headings } from "./columns";

const ariaSort = { ASC: "ascending", DESC: "descending" } as const;

/**
 * The table's head. A sortable column has a button, and a second press reverses the order; where
 * columns are hidden, `SortBar` has them all.
 */
export function Headings(props: {
  order: ArchitectureOrder;
  showRun: boolean;
  onSort: (field: ArchitectureOrderField) => void;
}) {
  const { order, showRun, onSort } = props;
  return (
    <div role="rowgroup" className="max-md:sr-only">
      <div
        role="row"
        className={clsx("grid items-center gap-x-4 px-5 py-2 text-xs text-muted", columns(showRun))}
      >
        {headings(showRun).map(({ label, field, className }) => {
          const sorted = field !== undefined && field === order.field;
          const Arrow = order.direction === "ASC" ? ArrowUp : ArrowDown;
          return (
            <div
              key={label}
              role="columnheader"
              aria-sort={sorted ? ariaSort[order.direction] : undefined}
              className={clsx("flex", className)}
            >
              {field ? (
                <>
                  <span className="md:hidden">{label}</span>
                  <button
                    type="button"
                    title={field === "CREATED_AT" ? "Sort by age" : `Sort by ${label}`}
                    onClick={() => onSort(field)}
                    className={clsx(
                      "inline-flex items-center gap-1 rounded hover:text-ink max-md:hidden",
                      sorted && "font-medium text-ink",
                    )}
                  >
                    {label}
                    {sorted && <Arrow aria-hidden className="size-3" />}
                  </button>
                </>
              ) : (
                label
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
