import { type Database, Prisma } from "@opnas/prisma";
import {
  type Order,
  type Page,
  readPage,
  type RowSource,
  type SortColumn,
} from "../pagination/keyset.js";
import { OrderDirection } from "../pagination/types.js";
import { type ArchitectureRow, rowColumns } from "./row.js";
import {
  type ArchitectureOrder,
  ArchitectureOrderField,
  type ArchitecturePageArguments,
} from "./types.js";

const columns: Record<ArchitectureOrderField, Omit<SortColumn, "nullable">> = {
  SCORE: { name: "score", sql: Prisma.sql`a.score`, type: "float8" },
  PARAMS: { name: "params", sql: Prisma.sql`a.params`, type: "float8" },
  FLOPS: { name: "flops", sql: Prisma.sql`a.flops`, type: "float8" },
  STEP_TIME: { name: "stepRatio", sql: Prisma.sql`a."stepRatio"`, type: "float8" },
  CREATED_AT: { name: "createdAt", sql: Prisma.sql`a."createdAt"`, type: "timestamptz" },
};

const byScore: ArchitectureOrder = {
  field: ArchitectureOrderField.SCORE,
  direction: OrderDirection.DESC,
};

/**
 * Reads a page of architectures, by default the best score first.
 * @param scored true if every row of the source has a score; an index then serves the order
 */
export async function architecturePage(
  database: Database,
  source: RowSource,
  { orderBy, ...page }: ArchitecturePageArguments,
  scored: boolean,
): Promise<Page<ArchitectureRow>> {
  const order = architectureOrder(orderBy ?? byScore, scored);
  return readPage(database, source, { ...page, ...order, withRows: rowsAt });
}

/**
 * Makes a statement for positions read their rows too, without the JSON: one statement instead of two is
 * half of the work of a short page.
 */
function rowsAt(positions: Prisma.Sql, order: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    SELECT ${rowColumns}, page.value FROM (${positions}) AS page JOIN "Architecture" a ON a.id = page.id
     ORDER BY ${order}`;
}

/** Returns the order of a list of architectures; `scored` as for `architecturePage`. */
export function architectureOrder({ field, direction }: ArchitectureOrder, scored: boolean): Order {
  const { SCORE, STEP_TIME } = ArchitectureOrderField;
  const nullable = field === STEP_TIME || (field === SCORE && !scored);
  return { column: { ...columns[field], nullable }, direction };
}
