import { type Database, Prisma } from "@opnas/prisma";
import { z } from "zod";
import { parseInput, text } from "../input.js";
import { containing } from "../pagination/like.js";
import { type Page, readPage, type SortColumn } from "../pagination/keyset.js";
import { OrderDirection } from "../pagination/types.js";
import { RunOrderField, RunStatus } from "./enums.js";
import type { RunFilter, RunPageArguments } from "./inputs.js";

const columns: Record<RunOrderField, SortColumn> = {
  CREATED_AT: {
    name: "createdAt",
    sql: Prisma.sql`r."createdAt"`,
    type: "timestamptz",
    nullable: false,
  },
  BEST_SCORE: {
    name: "bestScore",
    sql: Prisma.sql`r."bestScore"`,
    type: "float8",
    nullable: true,
  },
};

/** Reads a page of runs, by default the newest first. */
export function runPage(
  database: Database,
  { first, after, filter, orderBy }: RunPageArguments,
): Promise<Page> {
  const { field, direction } = orderBy ?? {
    field: RunOrderField.CREATED_AT,
    direction: OrderDirection.DESC,
  };
  const source = {
    from: Prisma.sql`"SearchRun" r`,
    id: Prisma.sql`r.id`,
    conditions: conditionsOf(filter ?? null),
  };
  return readPage(database, source, {
    first,
    after: after ?? null,
    column: columns[field],
    direction,
  });
}

const filterSchema = z.object({
  status: z.array(z.enum(RunStatus)).nullish(),
  preset: text(100).nullish(),
  search: text(200).nullish(),
});

function conditionsOf(filter: RunFilter | null): Prisma.Sql[] {
  const { status, preset, search } = parseInput(filterSchema, filter ?? {}, "filter");
  const conditions: Prisma.Sql[] = [];
  if (status != null) conditions.push(Prisma.sql`r.status::text = ANY(${[...new Set(status)]})`);
  if (preset != null) conditions.push(Prisma.sql`r.preset = ${preset}`);
  if (search != null && search !== "")
    conditions.push(Prisma.sql`r.name ILIKE ${containing(search)}`);
  return conditions;
}
