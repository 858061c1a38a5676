import { type Architecture, type Database, Prisma } from "@opnas/prisma";
import { Arg, Ctx, Query, registerEnumType, Resolver } from "type-graphql";
import { Architecture as ArchitectureType } from "../architecture/types.js";
import type { Context } from "../context.js";
import { leaderboardSource } from "./filter.js";
import { LeaderboardFilter } from "./types.js";

/** What an architecture costs: less is better. */
export enum ParetoCost {
  PARAMS = "PARAMS",
  FLOPS = "FLOPS",
  STEP_TIME = "STEP_TIME",
}
registerEnumType(ParetoCost, {
  name: "ParetoCost",
  valuesConfig: {
    STEP_TIME: {
      description:
        "Measured seconds of a training step: only comparable within one machine and settings.",
    },
  },
});

/** What an architecture is worth: more is better. */
export enum ParetoWorth {
  SCORE = "SCORE",
}
registerEnumType(ParetoWorth, { name: "ParetoWorth" });

const costs: Record<ParetoCost, Prisma.Sql> = {
  PARAMS: Prisma.sql`a.params`,
  FLOPS: Prisma.sql`a.flops`,
  STEP_TIME: Prisma.sql`a."stepSeconds"`,
};

const worths: Record<ParetoWorth, Prisma.Sql> = { SCORE: Prisma.sql`a.score` };

@Resolver(() => ArchitectureType)
export class ParetoResolver {
  @Query(() => [ArchitectureType], {
    description:
      "The stable architectures of a leaderboard that no other beats: none costs no more and is worth no less, one of the two strictly. Cheapest first. Those whose cost is not known are left out.",
  })
  paretoFront(
    @Arg("filter", () => LeaderboardFilter, { nullable: true }) filter: LeaderboardFilter | null,
    @Arg("x", () => ParetoCost) x: ParetoCost,
    @Arg("y", () => ParetoWorth, { defaultValue: ParetoWorth.SCORE }) y: ParetoWorth,
    @Ctx() { database }: Context,
  ): Promise<Architecture[]> {
    return paretoFront(database, filter, x, y);
  }
}

/**
 * The front in one pass: by cost, and at one cost the worthiest first, an architecture is on it if
 * nothing before it is worth as much. Peers, equal in both, do not beat one another; they are one
 * group of the window.
 */
async function paretoFront(
  database: Database,
  filter: LeaderboardFilter | null,
  x: ParetoCost,
  y: ParetoWorth,
): Promise<Architecture[]> {
  const source = leaderboardSource(filter);
  const [cost, worth] = [costs[x], worths[y]];
  const isKnown = Prisma.sql`a.stability = 'STABLE' AND ${cost} IS NOT NULL`;
  const conditions = [...source.conditions, isKnown];
  return database.$queryRaw<Architecture[]>`
    SELECT a.* FROM "Architecture" a
     WHERE a.id = ANY(ARRAY(
       SELECT id FROM (
         SELECT ${source.id} AS id, ${worth} AS worth,
                max(${worth}) OVER (
                  ORDER BY ${cost}, ${worth} DESC
                  GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                ) AS best
           FROM ${source.from}
          WHERE ${Prisma.join(conditions, " AND ")}
       ) AS ranked
       WHERE best IS NULL OR worth > best
     ))
     ORDER BY ${cost}, a.id`;
}
