import { type Database, Prisma } from "@opnas/prisma";
import { z } from "zod";
import { ofTeams, type TeamIds } from "../identity/visible.js";
import { parseInput, text } from "../input.js";
import { tagsFilter } from "../annotation/tags.js";
import { all, any, conjuncts, normal, some, test } from "../filter/condition.js";
import type { FilterField } from "../filter/field.js";
import { ownerField, teamField } from "../filter/fields.js";
import { parseFilter } from "../filter/parse.js";
import { plainSql } from "../filter/sql.js";
import { type Page, readPage, type RowSource, type SortColumn } from "../pagination/keyset.js";
import { OrderDirection } from "../pagination/types.js";
import { RunOrderField, RunStatus, RunVisibility, StrategyName } from "./enums.js";
import {
  archivedField,
  deletedField,
  presetField,
  runFields,
  runNameField,
  runTagField,
  statusField,
  strategyField,
} from "./filterFields.js";
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
  { filter, orderBy, ...page }: RunPageArguments,
  teamIds: TeamIds,
  userId?: string,
): Promise<Page> {
  const { field, direction } = orderBy ?? {
    field: RunOrderField.CREATED_AT,
    direction: OrderDirection.DESC,
  };
  return readPage(database, runSource(filter ?? null, teamIds, userId), {
    ...page,
    column: columns[field],
    direction,
  });
}

/**
 * Returns the rows of a list of runs: those of these teams that meet the filter.
 * @param userId of the account that `me` means; undefined for the machine's owner
 * @throws InputError for a filter that cannot be used
 */
export function runSource(filter: RunFilter | null, teamIds: TeamIds, userId?: string): RowSource {
  return {
    from: Prisma.sql`"SearchRun" r`,
    id: Prisma.sql`r.id`,
    conditions: [...conditionsOf(filter, userId), ...ofTeams(teamIds, Prisma.sql`r."teamId"`)],
  };
}

const filterSchema = z.object({
  status: z.array(z.enum(RunStatus)).nullish(),
  preset: text(100).nullish(),
  strategy: z.enum(StrategyName).nullish(),
  search: text(200).nullish(),
  visibility: z.array(z.enum(RunVisibility)).nullish(),
  tags: tagsFilter,
  ownerId: z.uuid("it is not the id of an account").nullish(),
  teamId: z.uuid("it is not the id of a team").nullish(),
  query: z.string().nullish(),
});

function conditionsOf(filter: RunFilter | null, userId: string | undefined): Prisma.Sql[] {
  const parsed = parseInput(filterSchema, filter ?? {}, "filter");
  const { status, preset, strategy, search, visibility, tags, ownerId, teamId } = parsed;
  const path = ["filter", "query"];
  const query = parseFilter(parsed.query ?? "", runFields, { userId }, path);
  const conditions = normal(
    all([
      ...(status == null ? [] : [any(status.map((each) => test(statusField, "=", each)))]),
      ...(preset == null ? [] : [test(presetField, "=", preset)]),
      ...(strategy == null ? [] : [test(strategyField, "=", strategy)]),
      ...(search == null || search === "" ? [] : [test(runNameField, "~", search.toLowerCase())]),
      ...(tags ?? []).map((tag) => test(runTagField, "=", tag)),
      ...(ownerId == null ? [] : [test(ownerField, "=", ownerId.toLowerCase())]),
      ...(teamId == null ? [] : [test(teamField, "=", teamId.toLowerCase())]),
      query,
    ]),
  );
  const names = (field: FilterField) => some(query, (each) => each.field === field);
  const usual = [
    RunVisibility.CURRENT,
    ...(names(archivedField) ? [RunVisibility.ARCHIVED] : []),
    ...(names(deletedField) ? [RunVisibility.DELETED] : []),
  ];
  return [visibleAs(visibility ?? usual), ...conjuncts(conditions).map(plainSql)];
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
