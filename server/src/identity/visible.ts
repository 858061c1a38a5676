import { type Database, defaultTeamId, Prisma } from "@opnas/prisma";
import { isRowId } from "../input.js";
import type { OwnedRow } from "./rules.js";

/** The teams whose rows may be read; undefined for the rows of all teams. */
export type TeamIds = readonly string[] | undefined;

/** Returns Prisma's condition that a run is of one of these teams. */
export function runsOf(teamIds: TeamIds): Prisma.SearchRunWhereInput {
  if (teamIds === undefined) return {};
  const owned = { teamId: { in: [...teamIds] } };
  return teamIds.includes(defaultTeamId) ? { OR: [owned, { teamId: null }] } : owned;
}

/** Returns Prisma's condition that a webhook is of one of these teams; those of none are administrators'. */
export function webhooksOf(teamIds: TeamIds): Prisma.WebhookWhereInput {
  return teamIds === undefined ? {} : { teamId: { in: [...teamIds] } };
}

/** Returns Prisma's condition that a reference model is of one of these teams. */
export function modelsOf(teamIds: TeamIds): Prisma.ReferenceModelWhereInput {
  return teamIds === undefined ? {} : { teamId: { in: [...teamIds] } };
}

/** Returns Prisma's condition that a saved view is the caller's own or one of these teams'. */
export function viewsOf(teamIds: TeamIds, userId: string | undefined): Prisma.SavedViewWhereInput {
  const ofTeam = teamIds === undefined ? { not: null } : { in: [...teamIds] };
  return { OR: [{ teamId: null, userId: userId ?? null }, { teamId: ofTeam }] };
}

/** Tells whether a run is of one of these teams. */
export function isOfTeams(teamIds: TeamIds, { teamId }: { teamId: string | null }): boolean {
  return teamIds === undefined || teamIds.includes(teamId ?? defaultTeamId);
}

/**
 * Returns the condition in SQL that a run is of one of these teams; none for all teams.
 * @param column the run's `teamId`
 */
export function ofTeams(teamIds: TeamIds, column: Prisma.Sql): Prisma.Sql[] {
  if (teamIds === undefined) return [];
  const owned = Prisma.sql`${column} = ANY(${[...teamIds]}::uuid[])`;
  return [teamIds.includes(defaultTeamId) ? Prisma.sql`(${owned} OR ${column} IS NULL)` : owned];
}

/**
 * Reports whether a row exists and is of one of these teams.
 * @param userId of the caller, whose saved views are its own
 */
export async function isVisible(
  database: Database,
  teamIds: TeamIds,
  kind: OwnedRow,
  id: string,
  userId?: string,
): Promise<boolean> {
  if (!isRowId(id)) return false;
  const run = runsOf(teamIds);
  switch (kind) {
    case "run":
      return (await database.searchRun.count({ where: { id, ...run } })) > 0;
    case "architecture":
      return (await database.architecture.count({ where: { id, run } })) > 0;
    case "training":
      return (await database.pretraining.count({ where: { id, architecture: { run } } })) > 0;
    case "reproduction":
      return (await database.reproduction.count({ where: { id, architecture: { run } } })) > 0;
    case "export":
      return (await database.export.count({ where: { id, architecture: { run } } })) > 0;
    case "webhook":
      return (await database.webhook.count({ where: { id, ...webhooksOf(teamIds) } })) > 0;
    case "model":
      return (await database.referenceModel.count({ where: { id, ...modelsOf(teamIds) } })) > 0;
    case "view":
      return (await database.savedView.count({ where: { id, ...viewsOf(teamIds, userId) } })) > 0;
    case "team":
      return (
        teamIds?.includes(id.toLowerCase()) ?? (await database.team.count({ where: { id } })) > 0
      );
    case "any":
      return isAnyVisible(database, run, id);
  }
}

/** Reports whether a row of any type is of runs that are seen, or a worker, which all teams share. */
async function isAnyVisible(
  database: Database,
  run: Prisma.SearchRunWhereInput,
  id: string,
): Promise<boolean> {
  const counts = await Promise.all([
    database.searchRun.count({ where: { id, ...run } }),
    database.architecture.count({ where: { id, run } }),
    database.generation.count({ where: { id, run } }),
    database.evaluation.count({ where: { id, run } }),
    database.pretraining.count({ where: { id, architecture: { run } } }),
    database.reproduction.count({ where: { id, architecture: { run } } }),
    database.export.count({ where: { id, architecture: { run } } }),
    database.worker.count({ where: { id } }),
  ]);
  return counts.some((count) => count > 0);
}
