import { type Database, Prisma } from "@opnas/prisma";
import { InputError } from "../input.js";
import { type ColumnType, decodeCursor, encodeCursor, type Position } from "./cursor.js";

/** The most rows that one request may ask for. */
export const maxPageSize = 100;

/** The number of rows of a page where the request gives none. */
export const defaultPageSize = 20;

/**
 * Returns the number of rows that a page is to have.
 * @throws InputError for a `first` out of range
 */
export function pageSize(first: number | null, usual: number): number {
  const size = first ?? usual;
  if (size < 1 || size > maxPageSize) {
    const message = `first must be 1 to ${maxPageSize}, not ${size}.`;
    throw new InputError({ path: ["first"], message });
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

/** The part of a list that a request asks for. */
export interface PageRequest {
  first: number | null;
  after: string | null;
  column: SortColumn;
  direction: "ASC" | "DESC";
}

/** The rows of a list: `FROM` with its joins, the id column, and the conditions to meet. */
export interface RowSource {
  from: Prisma.Sql;
  id: Prisma.Sql;
  conditions: readonly Prisma.Sql[];
}

/** A page of a list: the ids of its rows. */
export interface Page {
  edges: { id: string; cursor: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  /** Counts the whole list; called only when the request selects the count. */
  count: () => Promise<number>;
}

/**
 * Reads one page by keyset pagination: it starts after a position, not at an offset, so that rows
 * which are added meanwhile neither repeat nor hide others, and page 1,000 costs what page 1 costs.
 * @throws InputError for a `first` out of range or a foreign cursor
 */
export async function readPage(
  database: Database,
  source: RowSource,
  request: PageRequest,
): Promise<Page> {
  const { column, direction } = request;
  const first = pageSize(request.first, defaultPageSize);
  const after =
    request.after === null ? null : decodeCursor(column.name, column.type, request.after);
  const conditions =
    after === null ? source.conditions : [...source.conditions, behind(source, request, after)];
  const rows = await database.$queryRaw<Position[]>`
    SELECT ${source.id} AS id, ${column.sql} AS value
      FROM ${source.from}
     WHERE ${allOf(conditions)}
     ORDER BY ${column.sql} ${Prisma.raw(column.nullable ? `${direction} NULLS LAST` : direction)}, ${source.id}
     LIMIT ${first + 1}`;
  const edges = rows
    .slice(0, first)
    .map((row) => ({ id: row.id, cursor: encodeCursor(column.name, row) }));
  return {
    edges,
    pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null },
    count: () => countRows(database, source),
  };
}

/** Counts the rows that meet the source's conditions. */
export async function countRows(database: Database, source: RowSource): Promise<number> {
  const [row] = await database.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM ${source.from} WHERE ${allOf(source.conditions)}`;
  return row?.count ?? 0;
}

function allOf(conditions: readonly Prisma.Sql[]): Prisma.Sql {
  return conditions.length === 0 ? Prisma.sql`true` : Prisma.join([...conditions], " AND ");
}

/** Returns the condition for rows after a position. Its range on the column lets an index start there. */
function behind(source: RowSource, { column, direction }: PageRequest, { value, id }: Position) {
  const laterId = Prisma.sql`${source.id} > ${id}::uuid`;
  if (value === null) return Prisma.sql`(${column.sql} IS NULL AND ${laterId})`;
  const sorted = Prisma.sql`${value}::${Prisma.raw(column.type)}`;
  const [beyond, beyondOrAt] =
    direction === "ASC" ? [Prisma.raw(">"), Prisma.raw(">=")] : [Prisma.raw("<"), Prisma.raw("<=")];
  const valued = Prisma.sql`(${column.sql} ${beyondOrAt} ${sorted} AND (${column.sql} ${beyond} ${sorted} OR ${laterId}))`;
  return column.nullable ? Prisma.sql`(${valued} OR ${column.sql} IS NULL)` : valued;
}
