import { ArrowDownNarrowWide, ArrowUpNarrowWide } from "lucide-react";
import { useId } from "react";
import type { ArchitectureOrder, ArchitectureOrderField } from "@/generated/graphql";
import { Button } from "@/ui/button";
import { Select } from "@/ui/field";
import { headings } from "./columns";

/** Controls that sort where the screen is too narrow for the headings of all columns. */
export function SortBar(props: {
  order: ArchitectureOrder;
  showRun: boolean;
  onSort: (field: ArchitectureOrderField) => void;
}) {
  const { order, showRun, onSort } = props;
  const id = useId();
  const columns = headings(showRun).flatMap(({ label, field }) =>
    field ? [{ field, label: field === "CREATED_AT" ? "Age" : label }] : [],
  );
  const isAscending = order.direction === "ASC";
  const label = isAscending ? "Ascending; sort descending" : "Descending; sort ascending";
  return (
    <div className="flex items-center gap-2 px-4 py-2 sm:px-5 xl:hidden" data-testid="sort-bar">
      <label htmlFor={id} className="text-xs whitespace-nowrap text-muted">
        Sort by
      </label>
      <Select
        id={id}
        className="max-w-40"
        value={order.field}
        onChange={({ target }) => {
          const chosen = columns.find(({ field }) => field === target.value);
          if (chosen) onSort(chosen.field);
        }}
      >
        {columns.map(({ field, label: name }) => (
          <option key={field} value={field}>
            {name}
          </option>
        ))}
      </Select>
      <Button
        look="quiet"
        size="icon"
        aria-label={label}
        title={label}
        onClick={() => onSort(order.field)}
      >
        {isAscending ? <ArrowUpNarrowWide aria-hidden /> : <ArrowDownNarrowWide aria-hidden />}
      </Button>
    </div>
  );
}
