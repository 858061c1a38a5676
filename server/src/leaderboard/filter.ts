import { kernelSizes } from "@opnas/core";
import { Prisma } from "@opnas/prisma";
import { z } from "zod";
import { tagsFilter } from "../annotation/tags.js";
import { LayerKind, PrimitiveOperation } from "../architecture/types.js";
import { all, conjuncts, every, keyOf, normal, not, some, test } from "../filter/condition.js";
import type { Condition, Operand } from "../filter/condition.js";
import type { FilterField } from "../filter/field.js";
import { ownerField, teamField } from "../filter/fields.js";
import { parseFilter } from "../filter/parse.js";
import { sqlOf } from "../filter/sql.js";
import { ofTeams, type TeamIds } from "../identity/visible.js";
import { parseInput, text } from "../input.js";
import type { RowSource } from "../pagination/keyset.js";
import { StrategyName } from "../run/enums.js";
import { archivedField, presetField, strategyField } from "../run/filterFields.js";
import { architectureFields as fields, leaderboardFields } from "./filterFields.js";
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
  ownerId: z.uuid("it is not the id of an account").nullish(),
  teamId: z.uuid("it is not the id of a team").nullish(),
  // Its own parser checks it, so that the places of faults are those of the text as it was sent.
  query: z.string().nullish(),
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
  /** True if the name and the tags of runs decide about rows. */
  followsRuns: boolean;
}

/**
 * Returns the leaderboard of a filter: the evaluated architectures of these teams that meet it.
 * @param userId of the account that `me` means; undefined for the machine's owner
 * @throws InputError for a filter that cannot be used
 */
export function boardOf(
  filter: LeaderboardFilter | null,
  teamIds: TeamIds,
  userId?: string,
): Board {
  const parsed = parseInput(filterSchema, filter ?? {}, "filter");
  const path = ["filter", "query"];
  const query = parseFilter(parsed.query ?? "", leaderboardFields, { userId }, path);
  const condition = normal(all([...conditionsOf(parsed), query]));
  const runId = runOf(condition);
  const listsArchived =
    parsed.archived === true ||
    runId !== null ||
    some(condition, ({ field }) => field === archivedField);
  const parts = conjuncts(condition);
  const isPermanent = (part: Condition) => every(part, ({ field }) => field.fixed);
  const permanent = [
    ...sqlOfAll(parts.filter(isPermanent)),
    ...ofTeams(teamIds, Prisma.sql`r."teamId"`).map(ofRun),
  ];
  const passing = sqlOfAll(parts.filter((part) => !isPermanent(part)));
  return {
    key: JSON.stringify([keyOf(condition), listsArchived, teamIds && [...teamIds].sort()]),
    runId,
    source: {
      from: Prisma.sql`"Architecture" a`,
      id: Prisma.sql`a.id`,
      conditions: [
        Prisma.sql`a.score IS NOT NULL`,
        ...passing,
        Prisma.sql`a."runId" NOT IN (SELECT r.id FROM "SearchRun" r WHERE ${hidden(listsArchived)})`,
        ...permanent,
      ],
    },
    permanent,
    followsRuns: some(condition, ({ field }) => field.of === "run" && !field.fixed),
  };
}

/** Returns the condition of runs whose architectures are left out. */
function hidden(listsArchived: boolean): Prisma.Sql {
  if (listsArchived) return Prisma.sql`r."deletedAt" IS NOT NULL`;
  return Prisma.sql`(r."archivedAt" IS NOT NULL OR r."deletedAt" IS NOT NULL)`;
}

function sqlOfAll(parts: readonly Condition[]): Prisma.Sql[] {
  return conjuncts(all(parts)).length === 0 ? [] : [sqlOf(all(parts), ofRun)];
}

/** Returns the condition on an architecture that its run `r` meets another one. */
function ofRun(onRun: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`a."runId" IN (SELECT r.id FROM "SearchRun" r WHERE ${onRun})`;
}

/** Returns the one run that all rows must be of; null if there is none. */
function runOf(condition: Condition): string | null {
  for (const part of conjuncts(condition)) {
    if (part.kind === "test" && part.field === fields.run && !part.negated) {
      return String(part.operand);
    }
  }
  return null;
}

/** Returns what the fields of the input type say, as the filter language says it. */
function conditionsOf(parsed: ParsedFilter): Condition[] {
  const { search, references, createdAt } = parsed;
  const isReference = test(fields.reference, "known");
  return [
    ...equal(fields.run, parsed.runId?.toLowerCase()),
    ...equal(presetField, parsed.preset),
    ...equal(strategyField, parsed.strategy),
    ...(parsed.stableOnly === true ? [test(fields.stable, "known")] : []),
    ...(references == null ? [] : [references ? isReference : not(isReference)]),
    ...equal(fields.kind, parsed.kind),
    ...equal(fields.kernel, parsed.kernelSize),
    ...equal(fields.operation, parsed.operation),
    ...(search == null || search === "" ? [] : [test(fields.text, "~", search.toLowerCase())]),
    ...within(fields.score, parsed.score),
    ...within(fields.params, parsed.params),
    ...within(fields.flops, parsed.flops),
    ...(createdAt?.from == null ? [] : [test(fields.created, ">=", createdAt.from.toISOString())]),
    ...(createdAt?.to == null ? [] : [test(fields.created, "<", createdAt.to.toISOString())]),
    ...(parsed.tags ?? []).map((tag) => test(fields.tag, "=", tag)),
    ...equal(ownerField, parsed.ownerId?.toLowerCase()),
    ...equal(teamField, parsed.teamId?.toLowerCase()),
  ];
}

function equal(field: FilterField, value: Operand | null | undefined): Condition[] {
  return value == null ? [] : [test(field, "=", value)];
}

function within(field: FilterField, range: ParsedFilter["score"]): Condition[] {
  return [
    ...(range?.min == null ? [] : [test(field, ">=", range.min)]),
    ...(range?.max == null ? [] : [test(field, "<=", range.max)]),
  ];
}
