import { type Database, Prisma } from "@opnas/prisma";
import { z } from "zod";
import { ofTeams, type TeamIds } from "../identity/visible.js";
import { parseInput, text } from "../input.js";
import { hasTags, tagsFilter } from "../annotation/tags.js";
import { containing } from "../pagination/like.js";
import { type Page, readPage, type RowSource, type SortColumn } from "../pagination/keyset.js";
import { OrderDirection } from "../pagination/types.js";
import { RunOrderField, RunStatus, RunVisibility } from "./enums.js";
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

/** Reads a page of the runs of these teams, by default the newest first. */
export function runPage(
  database: Database,
  { first, after, filter, orderBy }: RunPageArguments,
  teamIds: TeamIds,
): Promise<Page> {
  const { field, direction } = orderBy ?? {
    field: RunOrderField.CREATED_AT,
    direction: OrderDirection.DESC,
  };
  return readPage(database, runSource(filter ?? null, teamIds), {
    first,
    after: after ?? null,
    column: columns[field],
    direction,
  });
}

/**
 * Returns the rows of a list of runs: those of these teams that meet the filter.
 * @throws InputError for a filter that cannot be used
 */
export function runSource(filter: RunFilter | null, teamIds: TeamIds): RowSource {
  return {
    from: Prisma.sql`"SearchRun" r`,
    id: Prisma.sql`r.id`,
    conditions: [...conditionsOf(filter), ...ofTeams(teamIds, Prisma.sql`r."teamId"`)],
  };
}

const filterSchema = z.object({
  status: z.array(z.enum(RunStatus)).nullish(),
  preset: text(100).nullish(),
  search: text(200).nullish(),
  visibility: z.array(z.enum(RunVisibility)).nullish(),
  tags: tagsFilter,
});

function conditionsOf(filter: RunFilter | null): Prisma.Sql[] {
  const parsed = parseInput(filterSchema, filter ?? {}, "filter");
  const { status, preset, search, visibility, tags } = parsed;
  const conditions = [visibleAs(visibility ?? [RunVisibility.CURRENT])];
  conditions.push(...hasTags(Prisma.sql`r.tags`, tags));
  if (status != null) conditions.push(Prisma.sql`r.status::text = ANY(${[...new Set(status)]})`);
  if (preset != null) conditions.push(Prisma.sql`r.preset = ${preset}`);
  if (search != null && search !== "")
    conditions.push(Prisma.sql`r.name ILIKE ${containing(search)}`);
  return conditions;
}

const places: Record<RunVisibility, Prisma.Sql> = {
  CURRENT: Prisma.sql`(r."archivedAt" IS NULL AND r."deletedAt" IS NULL)`,
  ARCHIVED: Prisma.sql`(r."archivedAt" IS NOT NULL AND r."deletedAt" IS NULL)`,
  DELETED: Prisma.sql`r."deletedAt" IS NOT NULL`,
};

/** Returns the condition that a run is in one of these lists. */
function visibleAs(visibility: readonly RunVisibility[]): Prisma.Sql {
  if (visibility.length === 0) return Prisma.sql`false`;
  return Prisma.sql`(${Prisma.join(
    [...new Set(visibility)].map((each) => places[each]),
    " OR ",
  )})`;
}
