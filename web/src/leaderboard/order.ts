import type { ArchitectureOrder, ArchitectureOrderField } from "@/generated/graphql";

/** The direction of the first sort by a column: cheap, good or new architectures first. */
const firstDirection = {
  SCORE: "DESC",
  PARAMS: "ASC",
  FLOPS: "ASC",
  STEP_TIME: "ASC",
  CREATED_AT: "DESC",
} as const;

/** Returns the order after a press on a column's heading: a second press reverses it. */
export function nextOrder(
  order: ArchitectureOrder,
  field: ArchitectureOrderField,
): ArchitectureOrder {
  const turned = order.direction === "ASC" ? "DESC" : "ASC";
  return { field, direction: order.field === field ? turned : firstDirection[field] };
}
