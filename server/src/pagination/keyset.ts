import { type Database, Prisma } from "@opnas/prisma";
import { InputError } from "../input.js";
import { type ColumnType, decodeCursor, encodeCursor, type Position } from "./cursor.js";

/** The most rows that one request may ask for. */
export const maxPageSize = 100;

/** The number of rows of a page where the request gives none. */
export const defaultPageSize = 20;

/** The number of rows up to which a list is counted: an exact count of a million takes seconds. */
export const countLimit = 10_000;

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

/** The order of a list. */
export interface Order {
  column: SortColumn;
  direction: "ASC" | "DESC";
}

/** The part of a list that a request asks for. */
export interface PageRequest extends Order {
  first: number | null;
  after: string | null;
  /** Makes of a statement for positions one that reads their rows too; by default the page has none. */
  withRows?: (positions: Prisma.Sql) => Prisma.Sql;
}

/** The rows of a list: `FROM` with its joins, the id column, and the conditions to meet. */
export interface RowSource {
  from: Prisma.Sql;
  id: Prisma.Sql;
  conditions: readonly Prisma.Sql[];
}

/** The number of rows of a list, exact up to `countLimit`. */
export interface RowCount {
  /** At most `countLimit`. */
  count: number;
  /** True for a list that has more rows. */
  isCapped: boolean;
}

/** A page of a list: the ids of its rows, and the rows where they were read with it. */
export interface Page<Row = unknown> {
  edges: { id: string; cursor: string; row?: Row }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  /** Counts the whole list, once; called only when the request selects the count. */
  count: () => Promise<RowCount>;
}

/**
 * Reads one page by keyset pagination: it starts after a position, not at an offset, so that rows
 * which are added meanwhile neither repeat nor hide others, and page 1,000 costs what page 1 costs.
 * @throws InputError for a `first` out of range or a foreign cursor
 */
export async function readPage<Row = unknown>(
  database: Database,
  source: RowSource,
  request: PageRequest,
): Promise<Page<Row>> {
  const { column, withRows } = request;
  const first = pageSize(request.first, defaultPageSize);
  const after =
    request.after === null ? null : decodeCursor(column.name, column.type, request.after);
  const rows: (Position & Row)[] = [];
  for (const statement of pageStatements(source, request, after)) {
    const missing = first + 1 - rows.length;
    if (missing <= 0) break;
    const positions = statement(missing);
    rows.push(
      ...(await database.$queryRaw<(Position & Row)[]>(withRows?.(positions) ?? positions)),
    );
  }
  const edges = rows.slice(0, first).map((row) => {
    const edge = { id: row.id, cursor: encodeCursor(column.name, row) };
    return withRows === undefined ? edge : { ...edge, row };
  });
  return {
    edges,
    pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null },
    count: once(() => countRows(database, source)),
  };
}

/** Counts the rows that meet the source's conditions, up to `countLimit`. */
export async function countRows(database: Database, source: RowSource): Promise<RowCount> {
  const [row] = await database.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count
      FROM (SELECT 1 FROM ${source.from} WHERE ${allOf(source.conditions)} LIMIT ${countLimit + 1}) AS counted`;
  const counted = row?.count ?? 0;
  return { count: Math.min(counted, countLimit), isCapped: counted > countLimit };
}

/** Returns a function that calls `read` at its first call only. */
export function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => (reading ??= read());
}

/**
 * Returns what makes the statements for the parts of a list that lie behind a position, in their order: rows
 * with a value, then those without. Each is a range of the index on (column, id), or two, so that reading
 * begins in the index where the page begins; one condition with OR, or one order with NULLS LAST, would read
 * all that lies before it.
 */
export function pageStatements(
  source: RowSource,
  request: Order,
  after: Position | null,
): ((limit: number) => Prisma.Sql)[] {
  const unvalued = (behind: Position | null) => (limit: number) =>
    withoutValue(source, request, behind, limit);
  if (after !== null && after.value === null) return [unvalued(after)];
  const valued = (limit: number) =>
    after === null
      ? select(source, request, [isValued(request.column)], limit)
      : behind(source, request, after, limit);
  return request.column.nullable ? [valued, unvalued(null)] : [valued];
}

/** Makes the statement for rows with a value behind a position: those that tie with it, then the others. */
function behind(source: RowSource, request: Order, after: Position, limit: number) {
  const { column, direction } = request;
  const value = Prisma.sql`${after.value}::${Prisma.raw(column.type)}`;
  const beyond = Prisma.raw(direction === "ASC" ? ">" : "<");
  const ties = [Prisma.sql`${column.sql} = ${value}`, laterThan(source, after)];
  return Prisma.sql`
    SELECT id, value
      FROM ((${select(source, request, ties, limit)})
            UNION ALL
            (${select(source, request, [Prisma.sql`${column.sql} ${beyond} ${value}`], limit)})) AS page
     ORDER BY value ${Prisma.raw(direction)}, id
     LIMIT ${limit}`;
}

function withoutValue(
  source: RowSource,
  request: Order,
  after: Position | null,
  limit: number,
): Prisma.Sql {
  const isNull = Prisma.sql`${request.column.sql} IS NULL`;
  const conditions = after === null ? [isNull] : [isNull, laterThan(source, after)];
  // Upwards in either direction: downwards the index has equal values by their ids downwards.
  return select(source, { ...request, direction: "ASC" }, conditions, limit);
}

function select(
  { from, id, conditions }: RowSource,
  { column, direction }: Order,
  more: readonly Prisma.Sql[],
  limit: number,
): Prisma.Sql {
  return Prisma.sql`
    SELECT ${id} AS id, ${column.sql} AS value
      FROM ${from}
     WHERE ${allOf([...conditions, ...more])}
     ORDER BY ${column.sql} ${Prisma.raw(direction)}, ${id}
     LIMIT ${limit}`;
}

function isValued({ sql, nullable }: SortColumn): Prisma.Sql {
  return nullable ? Prisma.sql`${sql} IS NOT NULL` : Prisma.sql`true`;
}

function laterThan({ id }: RowSource, after: Position): Prisma.Sql {
  return Prisma.sql`${id} > ${after.id}::uuid`;
}

function allOf(conditions: readonly Prisma.Sql[]): Prisma.Sql {
  return conditions.length === 0 ? Prisma.sql`true` : Prisma.join([...conditions], " AND ");
}
