import { type Database, Prisma } from "@opnas/prisma";
import { registerEnumType } from "type-graphql";
import type { Board } from "./filter.js";

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
        "The time of a training step as a multiple of vanilla BERT's (Architecture.stepRatio).",
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
  STEP_TIME: Prisma.sql`a."stepRatio"`,
};

const objectives: Record<ParetoObjective, Prisma.Sql> = { SCORE: Prisma.sql`a.score` };

/** An architecture as a Pareto front sees it. */
export interface Point {
  id: string;
  cost: number;
  objective: number;
}

/** The axes of a Pareto front. */
export interface Axes {
  x: ParetoCost;
  y: ParetoObjective;
}

/** The rows of the first part of a leaderboard that is looked at; each further part has three times as many. */
const firstPart = 500;
const growth = 3;

/**
 * Reads the Pareto front of a leaderboard, the cheapest first. It walks from the best objective down, part by
 * part. What is further down is on the front only if it costs less than everything before: the next part
 * therefore has only what is cheaper, which Postgres finds by the index on the cost once that is little. So
 * most of a large leaderboard is never read.
 */
export async function readFront(database: Database, board: Board, axes: Axes): Promise<Point[]> {
  const [cost, objective] = [costs[axes.x], objectives[axes.y]];
  let found: Point[] = [];
  for (let size = firstPart, last: Point | undefined; ; size *= growth) {
    const bound = found[0]?.cost;
    const conditions = [
      ...board.source.conditions,
      ...candidacy(axes),
      ...(last === undefined ? [] : [Prisma.sql`${objective} <= ${last.objective}::float8`]),
      ...(bound === undefined ? [] : [Prisma.sql`${cost} <= ${bound}::float8`]),
    ];
    const rows = await database.$queryRaw<Point[]>`
      SELECT a.id, ${cost} AS cost, ${objective} AS objective FROM ${board.source.from}
       WHERE ${Prisma.join(conditions, " AND ")}
       ORDER BY ${objective} DESC, a.id
       LIMIT ${size}`;
    found = frontOf([...found, ...rows]);
    if (rows.length < size) return found;
    last = rows.at(-1);
  }
}

/**
 * Reads those of the architectures that could be on the front of a leaderboard.
 * @param ids at most a few hundred
 */
export async function readPoints(
  database: Database,
  board: Board,
  axes: Axes,
  ids: readonly string[],
): Promise<Point[]> {
  const [cost, objective] = [costs[axes.x], objectives[axes.y]];
  const isAsked = Prisma.sql`a.id = ANY(${[...ids]}::uuid[])`;
  const conditions = [isAsked, ...board.source.conditions, ...candidacy(axes)];
  return database.$queryRaw<Point[]>`
    SELECT a.id, ${cost} AS cost, ${objective} AS objective FROM ${board.source.from}
     WHERE ${Prisma.join(conditions, " AND ")}`;
}

/** Returns the conditions of architectures that may be on a front: they learned, and their cost is known. */
function candidacy({ x }: Axes): Prisma.Sql[] {
  return [Prisma.sql`a.stability = 'STABLE'`, Prisma.sql`${costs[x]} IS NOT NULL`];
}

/**
 * Returns the points that no other one dominates, by being at least as good in cost and objective and better
 * in one; the cheapest first, and in a tie the one of the smaller id. Points that are equal in both stay.
 */
export function frontOf(points: readonly Point[]): Point[] {
  const unique = [...new Map(points.map((point) => [point.id, point])).values()];
  unique.sort((a, b) => a.cost - b.cost || b.objective - a.objective || (a.id < b.id ? -1 : 1));
  const front: Point[] = [];
  for (const point of unique) {
    const best = front.at(-1);
    const isEqual = best?.cost === point.cost && best.objective === point.objective;
    if (best === undefined || isEqual || point.objective > best.objective) front.push(point);
  }
  return front;
}
