import { OpnasError } from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import { isForeignKeyViolation, isUniqueViolation } from "../databaseError.js";
import type { Team } from "../generated/client.js";

/** Id of the default team, which owns every run that names no team. */
export const defaultTeamId = "00000000-0000-7000-8000-000000000001";

/** Stores the default team's row where there is none yet. Its name can be changed afterwards. */
export async function ensureDefaultTeam(db: Database | Transaction): Promise<void> {
  await db.$executeRaw`
    INSERT INTO "Team" (id, name) VALUES (${defaultTeamId}::uuid, 'Everyone') ON CONFLICT DO NOTHING`;
}

/**
 * Stores a team.
 * @throws OpnasError `BAD_INPUT` when there is one of this name
 */
export async function createTeam(db: Database, name: string): Promise<Team> {
  await ensureDefaultTeam(db);
  return refusingTaken(name, () => db.team.create({ data: { name } }));
}

/**
 * Gives a team another name, the default team included.
 * @throws OpnasError `NOT_FOUND` for an unknown team, `BAD_INPUT` when another one has the name
 */
export async function renameTeam(db: Database, id: string, name: string): Promise<Team> {
  if (id === defaultTeamId) await ensureDefaultTeam(db);
  const [renamed] = await refusingTaken(name, () =>
    db.team.updateManyAndReturn({ where: { id }, data: { name } }),
  );
  return renamed ?? requireTeam(db, id);
}

async function refusingTaken<T>(name: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const message = `There is a team ${name} already: choose another name.`;
    throw new OpnasError("BAD_INPUT", message, { cause: error });
  }
}

/**
 * Adds an account to a team; one that is in it already stays.
 * @throws OpnasError `NOT_FOUND` for an unknown team or account
 */
export async function addMember(db: Database, teamId: string, userId: string): Promise<Team> {
  if (teamId === defaultTeamId) await ensureDefaultTeam(db);
  const team = await requireTeam(db, teamId);
  await requireUser(db, userId);
  await ofPresentTeam(
    teamId,
    () => db.$executeRaw`
      INSERT INTO "TeamMember" ("teamId", "userId") VALUES (${teamId}::uuid, ${userId}::uuid)
      ON CONFLICT DO NOTHING`,
  );
  return team;
}

/**
 * Takes an account out of a team; nothing changes where it is not in it.
 * @throws OpnasError `NOT_FOUND` for an unknown team
 */
export async function removeMember(db: Database, teamId: string, userId: string): Promise<Team> {
  const team = await requireTeam(db, teamId);
  await db.teamMember.deleteMany({ where: { teamId, userId } });
  return team;
}

/**
 * Gives a text folder to one team, or with null to everybody.
 * @throws OpnasError `NOT_FOUND` for an unknown team
 */
export async function assignText(db: Database, name: string, teamId: string | null): Promise<void> {
  if (teamId === null) {
    await db.ownText.deleteMany({ where: { name } });
    return;
  }
  await requireTeam(db, teamId);
  await ofPresentTeam(teamId, () =>
    db.ownText.upsert({ where: { name }, create: { name, teamId }, update: { teamId } }),
  );
}

/** Reads a team. @throws OpnasError `NOT_FOUND` */
export async function requireTeam(db: Database | Transaction, id: string): Promise<Team> {
  const team = await db.team.findUnique({ where: { id } });
  if (team === null) throw unknownTeam(id);
  return team;
}

/**
 * Stores what belongs to a team, or to none, that was found before and may be deleted between the two.
 * @throws OpnasError `NOT_FOUND` when it was
 */
export async function ofPresentTeam<T>(
  teamId: string | null | undefined,
  store: () => Promise<T>,
): Promise<T> {
  try {
    return await store();
  } catch (error) {
    if (teamId == null || !isForeignKeyViolation(error)) throw error;
    throw unknownTeam(teamId, { cause: error });
  }
}

function unknownTeam(id: string, options?: ErrorOptions): OpnasError {
  return new OpnasError("NOT_FOUND", `There is no team ${id}.`, options);
}

/** Throws an OpnasError `NOT_FOUND` for an unknown account. */
export async function requireUser(db: Database | Transaction, id: string): Promise<void> {
  const found = await db.user.count({ where: { id } });
  if (found === 0) throw new OpnasError("NOT_FOUND", `There is no account ${id}.`);
}
