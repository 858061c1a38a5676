import { type Database, Prisma } from "@opnas/prisma";
import { z } from "zod";
import { ofTeams, type TeamIds } from "../identity/visible.js";
import { parseInput } from "../input.js";
import { type Page, readPage, type SortColumn } from "../pagination/keyset.js";
import type { TrainingPageArguments } from "./inputs.js";
import { TrainingStatus } from "./types.js";

const column: SortColumn = {
  name: "createdAt",
  sql: Prisma.sql`t."createdAt"`,
  type: "timestamptz",
  nullable: false,
};

const filterSchema = z.object({ status: z.array(z.enum(TrainingStatus)).nullish() });

/** Reads a page of these teams' pre-trainings, of all architectures or of one, the newest first. */
export function trainingPage(
  database: Database,
  { filter, ...page }: TrainingPageArguments,
  teamIds: TeamIds,
  architectureId?: string,
): Promise<Page> {
  const { status } = parseInput(filterSchema, filter ?? {}, "filter");
  const conditions = [
    Prisma.sql`NOT EXISTS (
      SELECT 1 FROM "Architecture" a JOIN "SearchRun" r ON r.id = a."runId"
       WHERE a.id = t."architectureId" AND r."deletedAt" IS NOT NULL)`,
    ...ofTeams(teamIds, Prisma.sql`r."teamId"`).map(
      (condition) => Prisma.sql`EXISTS (
        SELECT 1 FROM "Architecture" a JOIN "SearchRun" r ON r.id = a."runId"
         WHERE a.id = t."architectureId" AND ${condition})`,
    ),
  ];
  if (status != null) conditions.push(Prisma.sql`t.status::text = ANY(${[...new Set(status)]})`);
  if (architectureId !== undefined) {
    conditions.push(Prisma.sql`t."architectureId" = ${architectureId}::uuid`);
  }
  const source = { from: Prisma.sql`"Training" t`, id: Prisma.sql`t.id`, conditions };
  return readPage(database, source, { ...page, column, direction: "DESC" });
}
