import type { Priority } from "./queries";

export type Measure = "probability" | "ucb" | "meanScore" | "count";

export interface HeatMap {
  columns: readonly number[];
  rows: readonly { name: string; cells: readonly (Priority | null)[] }[];
  low: number;
  high: number;
}

/** A probability from which on a cell has its full colour, so that even odds stay pale. */
const surely = 0.5;

/** Priorities of one kind as a table: operations (or kernels) down, positions across. */
export function heatMap(priorities: readonly Priority[], kind: string, measure: Measure): HeatMap {
  const chosen = priorities.filter((priority) => priority.kind === kind);
  const columns = [...new Set(chosen.map(({ position }) => position))].sort((a, b) => a - b);
  const names = [...new Set(chosen.map(({ operation }) => operation))].sort(byNumberThenName);
  const find = (name: string, column: number) =>
    chosen.find(({ operation, position }) => operation === name && position === column) ?? null;
  const values = chosen.map((priority) => priority[measure]);
  return {
    columns,
    rows: names.map((name) => ({ name, cells: columns.map((column) => find(name, column)) })),
    low: measure === "meanScore" || measure === "ucb" ? Math.min(...values) : 0,
    high: Math.max(...values, measure === "probability" ? surely : -Infinity),
  };
}

/** A place that priorities tell of. */
export interface Place {
  name: string;
  label: string;
  kind: "operation" | "kernel";
  position: number;
}

/** Every place that has priorities: along the path first, then the layers' kernels. */
export function placesOf(priorities: readonly Priority[]): Place[] {
  return (["operation", "kernel"] as const).flatMap((kind) => {
    const own = priorities.filter((priority) => priority.kind === kind);
    const positions = [...new Set(own.map(({ position }) => position))].sort((a, b) => a - b);
    const label = kind === "operation" ? "Operation" : "Kernel, layer";
    return positions.map((position) => ({
      name: `${kind} ${position}`,
      label: `${label} ${position + 1}`,
      kind,
      position,
    }));
  });
}

/** Kernel sizes by their number, operations by their name. */
function byNumberThenName(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

/** Where a value lies between the lowest and the highest shown, 0 to 1. */
export function intensity(value: number, { low, high }: Pick<HeatMap, "low" | "high">): number {
  return high > low ? (value - low) / (high - low) : 0.5;
}
