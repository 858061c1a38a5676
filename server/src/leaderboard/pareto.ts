import { type Architecture, type Database, Prisma } from "@opnas/prisma";
import { registerEnumType } from "type-graphql";
import type { TeamIds } from "../identity/visible.js";
import { leaderboardSource } from "./filter.js";
import type { LeaderboardFilter } from "./types.js";

/** The costs of an architecture: less is better. */
export enum ParetoCost {
  PARAMS = "PARAMS",
  FLOPS = "FLOPS",
  STEP_TIME = "STEP_TIME",
}
registerEnumType(ParetoCost, {
  name: "ParetoCost",
  description: "A cost of architectures, to minimize.",
  valuesConfig: {
    PARAMS: { description: "The number of parameters." },
    FLOPS: { description: "The floating-point operations of one sequence of full length." },
    STEP_TIME: {
      description:
        "The measured seconds of a training step: comparable only within one machine and settings.",
    },
  },
});

/** The objectives of a search: more is better. */
export enum ParetoObjective {
  SCORE = "SCORE",
}
registerEnumType(ParetoObjective, {
  name: "ParetoObjective",
  description: "An objective of architectures, to maximize.",
  valuesConfig: { SCORE: { description: "The mean score of the proxy tasks, 0 to 100." } },
});

const costs: Record<ParetoCost, Prisma.Sql> = {
  PARAMS: Prisma.sql`a.params`,
  FLOPS: Prisma.sql`a.flops`,
  STEP_TIME: Prisma.sql`a."stepSeconds"`,
};

const objectives: Record<ParetoObjective, Prisma.Sql> = { SCORE: Prisma.sql`a.score` };

/**
 * Reads the Pareto front of a leaderboard in one pass: with the cheapest first, and at one cost the
 * best objective first, an architecture is on the front if none before it is as good. Architectures
 * equal in both do not dominate one another; they are one group of the window.
 */
export async function paretoFront(
  database: Database,
  filter: LeaderboardFilter | null,
  x: ParetoCost,
  y: ParetoObjective,
  teamIds: TeamIds,
): Promise<Architecture[]> {
  const source = leaderboardSource(filter, teamIds);
  const [cost, objective] = [costs[x], objectives[y]];
  const isKnown = Prisma.sql`a.stability = 'STABLE' AND ${cost} IS NOT NULL`;
  const conditions = [...source.conditions, isKnown];
  return database.$queryRaw<Architecture[]>`
    SELECT a.* FROM "Architecture" a
     WHERE a.id = ANY(ARRAY(
       SELECT id FROM (
         SELECT ${source.id} AS id, ${objective} AS objective,
                max(${objective}) OVER (
                  ORDER BY ${cost}, ${objective} DESC
                  GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                ) AS best
           FROM ${source.from}
          WHERE ${Prisma.join(conditions, " AND ")}
       ) AS ranked
       WHERE best IS NULL OR objective > best
     ))
     ORDER BY ${cost}, a.id`;
}
