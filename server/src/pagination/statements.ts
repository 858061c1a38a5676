import { Prisma } from "@opnas/prisma";
import type { Position } from "./cursor.js";
import type { Order, RowSource, SortColumn } from "./list.js";

type Direction = "ASC" | "DESC";

/** The order in which rows are read: that of a list, or for backward reading exactly its opposite. */
interface Reading {
  column: SortColumn;
  direction: Direction;
  /** The order of ids where values tie. */
  ids: Direction;
}

/**
 * Returns what makes the statements for the parts of a list that lie behind a position, in their order: rows
 * with a value, then those without. Each is a range of the index on (column, id), or two, so that reading
 * begins in the index where the page begins; one condition with OR, or one order with NULLS LAST, would read
 * all that lies before it.
 * @param backward true for the parts before the position, read towards the list's beginning
 */
export function pageStatements(
  source: RowSource,
  { column, direction }: Order,
  from: Position | null,
  backward = false,
): ((limit: number) => Prisma.Sql)[] {
  const reading = readingOf({ column, direction }, backward);
  const unvalued = (behind: Position | null) => (limit: number) =>
    withoutValue(source, reading, behind, limit);
  const valued = (behind: Position | null) => (limit: number) =>
    behind === null
      ? select(source, reading, [isValued(column)], limit)
      : beyond(source, reading, behind, limit);
  const isUnvalued = from !== null && from.value === null;
  if (backward) {
    if (from !== null && !isUnvalued) return [valued(from)];
    return column.nullable ? [unvalued(from), valued(null)] : [valued(null)];
  }
  if (isUnvalued) return [unvalued(from)];
  return column.nullable ? [valued(from), unvalued(null)] : [valued(from)];
}

/** Returns the order in which these statements read positions, for a relation that is named `page`. */
export function readingOrder(order: Order, backward: boolean): Prisma.Sql {
  const { direction, ids } = readingOf(order, backward);
  return Prisma.sql`page.value ${Prisma.raw(direction)}, page.id ${Prisma.raw(ids)}`;
}

function readingOf({ column, direction }: Order, backward: boolean): Reading {
  return {
    column,
    direction: backward ? opposite(direction) : direction,
    ids: backward ? "DESC" : "ASC",
  };
}

function opposite(direction: Direction): Direction {
  return direction === "ASC" ? "DESC" : "ASC";
}

/** Makes the statement for rows with a value beyond a position: those that tie with it, then the others. */
function beyond(source: RowSource, reading: Reading, from: Position, limit: number): Prisma.Sql {
  const { column, direction, ids } = reading;
  const value = Prisma.sql`${from.value}::${Prisma.raw(column.type)}`;
  const further = Prisma.raw(direction === "ASC" ? ">" : "<");
  const ties = [Prisma.sql`${column.sql} = ${value}`, furtherId(source, reading, from)];
  const others = [Prisma.sql`${column.sql} ${further} ${value}`];
  return Prisma.sql`
    SELECT id, value
      FROM ((${select(source, reading, ties, limit)})
            UNION ALL
            (${select(source, reading, others, limit)})) AS page
     ORDER BY value ${Prisma.raw(direction)}, id ${Prisma.raw(ids)}
     LIMIT ${limit}`;
}

function withoutValue(
  source: RowSource,
  reading: Reading,
  from: Position | null,
  limit: number,
): Prisma.Sql {
  const isNull = Prisma.sql`${reading.column.sql} IS NULL`;
  const conditions = from === null ? [isNull] : [isNull, furtherId(source, reading, from)];
  // In the direction of the ids: in the index rows with equal values are ordered by their ids.
  return select(source, { ...reading, direction: reading.ids }, conditions, limit);
}

function select(
  { from, id, conditions }: RowSource,
  { column, direction, ids }: Reading,
  more: readonly Prisma.Sql[],
  limit: number,
): Prisma.Sql {
  return Prisma.sql`
    SELECT ${id} AS id, ${column.sql} AS value
      FROM ${from}
     WHERE ${allOf([...conditions, ...more])}
     ORDER BY ${column.sql} ${Prisma.raw(direction)}, ${id} ${Prisma.raw(ids)}
     LIMIT ${limit}`;
}

function isValued({ sql, nullable }: SortColumn): Prisma.Sql {
  return nullable ? Prisma.sql`${sql} IS NOT NULL` : Prisma.sql`true`;
}

function furtherId({ id }: RowSource, { ids }: Reading, from: Position): Prisma.Sql {
  return Prisma.sql`${id} ${Prisma.raw(ids === "ASC" ? ">" : "<")} ${from.id}::uuid`;
}

/** Returns the condition that all of these hold. */
export function allOf(conditions: readonly Prisma.Sql[]): Prisma.Sql {
  return conditions.length === 0 ? Prisma.sql`true` : Prisma.join([...conditions], " AND ");
}
