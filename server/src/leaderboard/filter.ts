import { kernelSizes } from "@opnas/core";
import { Prisma } from "@opnas/prisma";
import { z } from "zod";
import { hasTags, tagsFilter } from "../annotation/tags.js";
import { LayerKind, PrimitiveOperation } from "../architecture/types.js";
import { ofTeams, type TeamIds } from "../identity/visible.js";
import { parseInput, text } from "../input.js";
import type { RowSource } from "../pagination/keyset.js";
import { containing } from "../pagination/like.js";
import { StrategyName } from "../run/enums.js";
import type { LeaderboardFilter } from "./types.js";

const numberRange = z.object({ min: z.number().nullish(), max: z.number().nullish() });

/** A time of the calendar that Postgres and people share; others are no times of rows. */
const time = z
  .date()
  .min(new Date("1970-01-01T00:00:00Z"), "it lies before 1970")
  .max(new Date("9999-12-31T23:59:59Z"), "it lies after the year 9999");

const filterSchema = z.object({
  runId: z.uuid("it is not the id of a run").nullish(),
  preset: text(100).nullish(),
  strategy: z.enum(StrategyName).nullish(),
  stableOnly: z.boolean().nullish(),
  references: z.boolean().nullish(),
  kind: z.enum(LayerKind).nullish(),
  kernelSize: z.literal([...kernelSizes], `it must be one of ${kernelSizes.join(", ")}`).nullish(),
  operation: z.enum(PrimitiveOperation).nullish(),
  search: text(200).nullish(),
  score: numberRange.nullish(),
  params: numberRange.nullish(),
  flops: numberRange.nullish(),
  createdAt: z.object({ from: time.nullish(), to: time.nullish() }).nullish(),
  archived: z.boolean().nullish(),
  tags: tagsFilter,
});
type ParsedFilter = z.output<typeof filterSchema>;

/** A leaderboard: the conditions of its rows, by a key that is the same for filters that say the same. */
export interface Board {
  /** The key of what readers of one leaderboard share; it holds all that rows depend on. */
  key: string;
  /** The run that all rows are of; null for a leaderboard of many runs. */
  runId: string | null;
  /** The rows: evaluated architectures that meet the filter. */
  source: RowSource;
  /** The conditions that an architecture meets or fails for ever, whatever its score. */
  permanent: readonly Prisma.Sql[];
}

/**
 * Returns the leaderboard of a filter: the evaluated architectures of these teams that meet it.
 * @throws InputError for a filter that cannot be used
 */
export function boardOf(filter: LeaderboardFilter | null, teamIds: TeamIds): Board {
  const parsed = parseInput(filterSchema, filter ?? {}, "filter");
  const permanent = permanentConditions(parsed, teamIds);
  const source = {
    from: Prisma.sql`"Architecture" a`,
    id: Prisma.sql`a.id`,
    conditions: [Prisma.sql`a.score IS NOT NULL`, ...passingConditions(parsed), ...permanent],
  };
  return { key: keyOf(parsed, teamIds), runId: parsed.runId ?? null, source, permanent };
}

/** Writes a filter so that those that say the same read the same: in one order, without what holds always. */
function keyOf(
  { stableOnly, archived, search, ...parsed }: ParsedFilter,
  teamIds: TeamIds,
): string {
  const said = {
    ...parsed,
    stableOnly: stableOnly === true ? true : null,
    archived: archived === true && parsed.runId == null ? true : null,
    search: search == null || search === "" ? null : search.toLowerCase(),
    teamIds: teamIds && [...teamIds].sort(),
  };
  const entries = Object.entries(said).filter(([, value]) => value != null);
  return JSON.stringify(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)),
    (_name, value: unknown) => (value === null ? undefined : value),
  );
}

/** Returns the conditions that an architecture may come to meet or fail. */
function passingConditions(parsed: ParsedFilter): Prisma.Sql[] {
  const hidden = hiddenRuns(parsed);
  return [
    ...(parsed.stableOnly === true ? [Prisma.sql`a.stability = 'STABLE'`] : []),
    ...within(Prisma.sql`a.score`, parsed.score),
    ...hasTags(Prisma.sql`a.tags`, parsed.tags),
    Prisma.sql`a."runId" NOT IN (SELECT r.id FROM "SearchRun" r WHERE ${hidden})`,
  ];
}

/** Returns the condition of runs whose architectures are left out. */
function hiddenRuns({ archived, runId }: ParsedFilter): Prisma.Sql {
  const isArchivedListed = archived === true || runId != null;
  if (isArchivedListed) return Prisma.sql`r."deletedAt" IS NOT NULL`;
  return Prisma.sql`(r."archivedAt" IS NOT NULL OR r."deletedAt" IS NOT NULL)`;
}

function permanentConditions(parsed: ParsedFilter, teamIds: TeamIds): Prisma.Sql[] {
  const { runId, references, search, params, flops, createdAt } = parsed;
  const conditions = [
    ...within(Prisma.sql`a.params`, params),
    ...within(Prisma.sql`a.flops`, flops),
  ];
  if (runId != null) conditions.push(Prisma.sql`a."runId" = ${runId}::uuid`);
  const run = [...runConditions(parsed), ...ofTeams(teamIds, Prisma.sql`r."teamId"`)];
  if (run.length > 0) {
    const all = Prisma.join(run, " AND ");
    conditions.push(Prisma.sql`a."runId" IN (SELECT r.id FROM "SearchRun" r WHERE ${all})`);
  }
  if (references != null) {
    const nullness = Prisma.raw(references ? "IS NOT NULL" : "IS NULL");
    conditions.push(Prisma.sql`a.reference ${nullness}`);
  }
  const features = featuresOf(parsed);
  if (features.length > 0) conditions.push(Prisma.sql`a.features @> ${features}::text[]`);
  if (createdAt?.from != null)
    conditions.push(Prisma.sql`a."createdAt" >= ${createdAt.from}::timestamptz`);
  if (createdAt?.to != null)
    conditions.push(Prisma.sql`a."createdAt" < ${createdAt.to}::timestamptz`);
  if (search != null && search !== "") {
    const pattern = containing(search);
    conditions.push(Prisma.sql`(a.name ILIKE ${pattern} OR a.key ILIKE ${pattern})`);
  }
  return conditions;
}

/** Returns the conditions that the run of an architecture meets or fails for ever. */
function runConditions({ preset, strategy }: ParsedFilter): Prisma.Sql[] {
  return [
    ...(preset == null ? [] : [Prisma.sql`r.preset = ${preset}`]),
    ...(strategy == null ? [] : [Prisma.sql`r.strategy = ${strategy}`]),
  ];
}

/** Returns what the filter asks an architecture to be made of, as the column `features` has it. */
function featuresOf({ kind, kernelSize, operation }: ParsedFilter): string[] {
  return [
    ...(kind == null ? [] : [`kind:${kind}`]),
    ...(kernelSize == null ? [] : [`kernel:${kernelSize}`]),
    ...(operation == null ? [] : [`operation:${operation}`]),
  ];
}

function within(column: Prisma.Sql, range: ParsedFilter["score"]): Prisma.Sql[] {
  return [
    ...(range?.min == null ? [] : [Prisma.sql`${column} >= ${range.min}::float8`]),
    ...(range?.max == null ? [] : [Prisma.sql`${column} <= ${range.max}::float8`]),
  ];
}
