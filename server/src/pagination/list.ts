import type { Prisma } from "@opnas/prisma";
import { InputError } from "../input.js";
import type { ColumnType } from "./cursor.js";

/** The most rows that one request may ask for. */
export const maxPageSize = 100;

/** The number of rows of a page where the request gives none. */
export const defaultPageSize = 20;

/**
 * Returns the number of rows that a page is to have.
 * @param argument the name of the argument that says so
 * @throws InputError for a number out of range
 */
export function pageSize(
  given: number | null,
  usual: number,
  argument: "first" | "last" = "first",
): number {
  const size = given ?? usual;
  if (size < 1 || size > maxPageSize) {
    const message = `${argument} must be 1 to ${maxPageSize}, not ${size}.`;
    throw new InputError({ path: [argument], message });
  }
  return size;
}

/** A column that a list can be sorted by. Ties are ordered by id, oldest first. */
export interface SortColumn {
  name: string;
  sql: Prisma.Sql;
  type: ColumnType;
  /** Rows without a value come last in either direction. */
  nullable: boolean;
}

/** The order of a list. */
export interface Order {
  column: SortColumn;
  direction: "ASC" | "DESC";
}

/** The part of a list that a request asks for, forwards by `first` and `after` or backwards by `last` and `before`. */
export interface PageRequest extends Order {
  first: number | null;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  /** Makes the page have its rows; by default it has their ids alone. */
  withRows?: WithRows;
}

/**
 * Makes of a statement for positions (id, value) one that reads their rows too.
 * @param order the order of the positions, for a relation that is named `page`
 */
export type WithRows = (positions: Prisma.Sql, order: Prisma.Sql) => Prisma.Sql;

/** The rows of a list: `FROM` with its joins, the id column, and the conditions to meet. */
export interface RowSource {
  from: Prisma.Sql;
  id: Prisma.Sql;
  conditions: readonly Prisma.Sql[];
}
