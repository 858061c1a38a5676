import type { Priority } from "./queries";

export type Measure = "probability" | "ucb" | "meanScore" | "count";

export interface HeatMap {
  columns: readonly number[];
  rows: readonly { name: string; cells: readonly (Priority | null)[] }[];
  low: number;
  high: number;
}

/** A probability from which a cell has its full colour, so that even odds stay pale. */
const fullColourFrom = 0.5;

/**
 * Arranges the priorities of one kind as a table: operations (or kernels) as rows, positions as
 * columns.
 */
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
    high: Math.max(...values, measure === "probability" ? fullColourFrom : -Infinity),
  };
}

/** A position that has priorities. */
export interface PriorityPosition {
  name: string;
  label: string;
  kind: "operation" | "kernel";
  position: number;
}

/**
 * Returns every position that has priorities: those of the path first, then the layers' kernels.
 */
export function priorityPositions(priorities: readonly Priority[]): PriorityPosition[] {
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

/** Compares kernel sizes as numbers and operations by name. */
function byNumberThenName(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

/** Returns where a value lies between the lowest and the highest shown, from 0 to 1. */
export function intensity(value: number, { low, high }: Pick<HeatMap, "low" | "high">): number {
  return high > low ? (value - low) / (high - low) : 0.5;
}
