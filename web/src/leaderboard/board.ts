import type { Candidate } from "@/architecture/fragments";
import type { ArchitectureOrder } from "@/generated/graphql";

/** The loaded rows of the leaderboard, in order. */
export interface Board {
  rows: readonly Candidate[];
  total: number;
  /** Cursor of the next page; null when everything is loaded. */
  next: string | null;
}

export interface Change {
  upserts: readonly Candidate[];
  removed: readonly string[];
  total: number;
}

export const emptyBoard: Board = { rows: [], total: 0, next: null };

function sortValue(row: Candidate, order: ArchitectureOrder): number | null {
  switch (order.field) {
    case "SCORE":
      return row.score ?? null;
    case "PARAMS":
      return row.params;
    case "FLOPS":
      return row.flops;
    case "STEP_TIME":
      return row.stepRatio ?? null;
    case "CREATED_AT":
      return Date.parse(row.createdAt);
  }
}

/** Compares two rows. Rows without a value come last in both directions; ties are ordered by id. */
export function compareRows(a: Candidate, b: Candidate, order: ArchitectureOrder): number {
  const [left, right] = [sortValue(a, order), sortValue(b, order)];
  if (left !== right) {
    if (left === null) return 1;
    if (right === null) return -1;
    return order.direction === "DESC" ? right - left : left - right;
  }
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function merge(
  rows: readonly Candidate[],
  upserts: readonly Candidate[],
  order: ArchitectureOrder,
) {
  const byId = new Map([...rows, ...upserts].map((row) => [row.id, row]));
  return [...byId.values()].sort((a, b) => compareRows(a, b, order));
}

/** Appends a further page; rows that a pushed change already added are not duplicated. */
export function addPage(board: Board, page: Board, order: ArchitectureOrder): Board {
  return { rows: merge(board.rows, page.rows, order), total: page.total, next: page.next };
}

/**
 * Applies a pushed change. While further pages are unloaded, a row that sorts below the last
 * loaded one belongs to them: it is left out, so that paging goes on without a gap.
 */
export function applyChange(board: Board, change: Change, order: ArchitectureOrder): Board {
  const gone = new Set(change.removed);
  const kept = board.rows.filter((row) => !gone.has(row.id));
  const last = board.next === null ? undefined : board.rows.at(-1);
  const inReach = change.upserts.filter((row) => !last || compareRows(row, last, order) <= 0);
  const moved = new Set(change.upserts.map((row) => row.id));
  const still = kept.filter((row) => !moved.has(row.id));
  return { rows: merge(still, inReach, order), total: change.total, next: board.next };
}
