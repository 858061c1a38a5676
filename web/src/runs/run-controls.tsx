"use client";

import type { RunOrder, RunStatus, RunVisibility } from "@/generated/graphql";
import { statuses, statusLooks } from "@/status/status";
import { Select } from "@/ui/field";
import { changeAddress } from "@/views/change-address";

const placeLabels: Record<RunVisibility, string> = {
  CURRENT: "Listed",
  ARCHIVED: "Archived",
  DELETED: "Deleted",
};
const places = ["CURRENT", "ARCHIVED", "DELETED"] as const satisfies RunVisibility[];

/** The orders that are offered, by a field and a direction. */
const orderLabels: Readonly<Record<string, string>> = {
  "CREATED_AT DESC": "Newest first",
  "CREATED_AT ASC": "Oldest first",
  "BEST_SCORE DESC": "Best score first",
};

/** Controls that filter and order the list of runs; the page's address keeps what is chosen. */
export function RunControls(props: {
  status: RunStatus | null;
  place: RunVisibility;
  order: RunOrder;
}) {
  const { status, place, order } = props;
  return (
    <>
      <Select
        aria-label="Status"
        className="sm:w-40"
        value={status ?? ""}
        onChange={(event) => changeAddress({ status: event.target.value })}
      >
        <option value="">Any status</option>
        {statuses.map((name) => (
          <option key={name} value={name}>
            {statusLooks[name].label}
          </option>
        ))}
      </Select>
      <Select
        aria-label="Which runs"
        className="sm:w-40"
        value={place}
        onChange={({ target: { value } }) =>
          changeAddress({ place: value === "CURRENT" ? null : value })
        }
      >
        {places.map((name) => (
          <option key={name} value={name}>
            {placeLabels[name]}
          </option>
        ))}
      </Select>
      <Select
        aria-label="Order"
        className="sm:w-44"
        value={`${order.field} ${order.direction}`}
        onChange={(event) => {
          const [sort, dir] = event.target.value.split(" ");
          changeAddress({ sort, dir });
        }}
      >
        {Object.entries(orderLabels).map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </Select>
    </>
  );
}
