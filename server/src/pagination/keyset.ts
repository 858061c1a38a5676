import type { Database, Prisma } from "@opnas/prisma";
import { encodeCursor, type Position } from "./cursor.js";
import type { PageRequest, RowSource, WithRows } from "./list.js";
import { rangeOf } from "./range.js";
import { allOf, pageStatements, readingOrder } from "./statements.js";

export * from "./list.js";

/** The number of rows up to which a list is counted: an exact count of a million takes seconds. */
export const countLimit = 10_000;

/** The number of rows of a list, exact up to `countLimit`. */
export interface RowCount {
  /** At most `countLimit`. */
  count: number;
  /** True for a list that has more rows. */
  isCapped: boolean;
}

/** The place of a page in its list. */
export interface PagePlace {
  startCursor: string | null;
  endCursor: string | null;
  /** Tells whether rows follow the page; read, if need be, only when the request selects it. */
  isFollowed: () => Promise<boolean>;
  /** Tells whether rows come before the page. */
  isPreceded: () => Promise<boolean>;
}

/** A page of a list: the ids of its rows, and the rows where they were read with it. */
export interface Page<Row = unknown> {
  edges: { id: string; cursor: string; row?: Row }[];
  pageInfo: PagePlace;
  /** Counts the whole list, once; called only when the request selects the count. */
  count: () => Promise<RowCount>;
}

/**
 * Reads one page by keyset pagination: it starts at a position, not at an offset, so that rows
 * which are added meanwhile neither repeat nor hide others, and page 1,000 costs what page 1 costs.
 * @throws InputError for a size out of range, a foreign cursor, and arguments that do not go together
 */
export async function readPage<Row = unknown>(
  database: Database,
  source: RowSource,
  request: PageRequest,
): Promise<Page<Row>> {
  const { column, withRows } = request;
  const { size, isBackward, position } = rangeOf(request);
  const read = <T>(
    from: Position | null,
    backward: boolean,
    limit: number,
    withRows?: WithRows,
  ) => {
    const statements = pageStatements(source, request, from, backward);
    const order = readingOrder(request, backward);
    const whole = statements.map((positionsOf) => (count: number) => {
      const positions = positionsOf(count);
      return withRows?.(positions, order) ?? positions;
    });
    return readRows<T>(database, whole, limit);
  };
  const found = await read<Row>(position, isBackward, size + 1, withRows);
  const rows = found.slice(0, size);
  if (isBackward) rows.reverse();
  const edges = rows.map((row) => {
    const edge = { id: row.id, cursor: encodeCursor(column.name, row) };
    return withRows === undefined ? edge : { ...edge, row };
  });
  const isLonger = () => Promise.resolve(found.length > size);
  // Beyond an empty page lie all the rows there are. Where no cursor was given the page ends the list.
  const [edge] = isBackward ? rows.slice(-1) : rows;
  const isBegunWithin = once(async () => {
    return position !== null && (await read(edge ?? null, !isBackward, 1)).length > 0;
  });
  return {
    edges,
    pageInfo: {
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
      isFollowed: isBackward ? isBegunWithin : isLonger,
      isPreceded: isBackward ? isLonger : isBegunWithin,
    },
    count: once(() => countRows(database, source)),
  };
}

async function readRows<Row>(
  database: Database,
  statements: readonly ((limit: number) => Prisma.Sql)[],
  limit: number,
): Promise<(Position & Row)[]> {
  const rows: (Position & Row)[] = [];
  for (const statement of statements) {
    const missing = limit - rows.length;
    if (missing <= 0) break;
    rows.push(...(await database.$queryRaw<(Position & Row)[]>(statement(missing))));
  }
  return rows;
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
