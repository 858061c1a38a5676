import { Prisma } from "@opnas/prisma";
import { z } from "zod";
import { hasTags, tagsFilter } from "../annotation/tags.js";
import { LayerKind } from "../architecture/types.js";
import { parseInput, text } from "../input.js";
import type { RowSource } from "../pagination/keyset.js";
import { containing } from "../pagination/like.js";
import type { LeaderboardFilter } from "./types.js";

const filterSchema = z.object({
  runId: z.uuid("it is not the id of a run").nullish(),
  preset: text(100).nullish(),
  stableOnly: z.boolean().nullish(),
  references: z.boolean().nullish(),
  kind: z.enum(LayerKind).nullish(),
  search: text(200).nullish(),
  archived: z.boolean().nullish(),
  tags: tagsFilter,
});

/**
 * Returns the rows of a leaderboard: the evaluated architectures that meet the filter.
 * @throws InputError for a filter that cannot be used
 */
export function leaderboardSource(filter: LeaderboardFilter | null): RowSource {
  return {
    from: Prisma.sql`"Architecture" a`,
    id: Prisma.sql`a.id`,
    conditions: [
      Prisma.sql`a.score IS NOT NULL`,
      ...(filter?.stableOnly === true ? [Prisma.sql`a.stability = 'STABLE'`] : []),
      Prisma.sql`a."runId" NOT IN (SELECT id FROM "SearchRun" WHERE ${hiddenFor(filter)})`,
      ...hasTags(Prisma.sql`a.tags`, parseInput(filterSchema, filter ?? {}, "filter").tags),
      ...permanentConditions(filter),
    ],
  };
}

/** Returns the condition of runs whose architectures are left out. */
function hiddenFor(filter: LeaderboardFilter | null): Prisma.Sql {
  const isArchivedListed = filter?.archived === true || filter?.runId != null;
  if (isArchivedListed) return Prisma.sql`"deletedAt" IS NOT NULL`;
  return Prisma.sql`"archivedAt" IS NOT NULL OR "deletedAt" IS NOT NULL`;
}

/** Returns the conditions that an architecture meets or fails for ever, whatever its score. */
export function permanentConditions(filter: LeaderboardFilter | null): Prisma.Sql[] {
  const parsed = parseInput(filterSchema, filter ?? {}, "filter");
  const { runId, preset, references, kind, search } = parsed;
  const conditions: Prisma.Sql[] = [];
  if (runId != null) conditions.push(Prisma.sql`a."runId" = ${runId}::uuid`);
  if (preset != null) {
    conditions.push(Prisma.sql`a."runId" IN (SELECT id FROM "SearchRun" WHERE preset = ${preset})`);
  }
  if (references != null) {
    const nullness = Prisma.raw(references ? "IS NOT NULL" : "IS NULL");
    conditions.push(Prisma.sql`a.reference ${nullness}`);
  }
  if (kind != null) {
    const layer = JSON.stringify([{ kind }]);
    conditions.push(Prisma.sql`a.json -> 'layers' @> ${layer}::jsonb`);
  }
  if (search != null && search !== "") {
    const pattern = containing(search);
    conditions.push(Prisma.sql`(a.name ILIKE ${pattern} OR a.key ILIKE ${pattern})`);
  }
  return conditions;
}
