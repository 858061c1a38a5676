import { OpnasError } from "@opnas/core";
import type { NewRun } from "@opnas/prisma";
import type { Context } from "../context.js";
import { InputError, isRowId } from "../input.js";

type Caller = Pick<Context, "database" | "principal" | "teamIds" | "quota">;

/**
 * Adds to a run that is to be started its quota and who owns it: the team that the request names, or else the first of
 * the caller's, by name. Without accounts runs have no team.
 * @throws InputError for a team that is none of the caller's, OpnasError `FORBIDDEN` for an account
 * without a team
 */
export async function ownedBy(
  caller: Caller,
  run: NewRun,
  teamId: string | null | undefined,
): Promise<NewRun> {
  const { principal } = caller;
  const idempotencyKey = keyOf(caller, run.idempotencyKey);
  const owned = { ...run, idempotencyKey, ownerId: principal.userId, quota: caller.quota };
  if (teamId == null && principal.userId === undefined) return owned;
  return { ...owned, teamId: (await callersTeam(caller, teamId)).id };
}

/**
 * Finds the team of a caller that is to own something new: the one that the request names, or else the
 * first of the caller's, by name.
 * @throws InputError for a team that is none of the caller's, OpnasError `FORBIDDEN` for an account
 * without a team
 */
export async function callersTeam(
  { database, principal, teamIds }: Omit<Caller, "quota">,
  teamId: string | null | undefined,
): Promise<{ id: string }> {
  const { userId } = principal;
  const where =
    teamId == null
      ? { members: { some: { userId: userId ?? "" } } }
      : { id: { in: [teamId].filter((id) => isRowId(id) && teamIds?.includes(id) !== false) } };
  const team = await database.team.findFirst({ where, orderBy: [{ name: "asc" }, { id: "asc" }] });
  if (team !== null) return team;
  if (teamId != null) {
    const message = "input.teamId cannot be used: it is none of your teams.";
    throw new InputError({ path: ["input", "teamId"], message });
  }
  const message = `${principal.name} is in no team that could own it: ask an administrator.`;
  throw new OpnasError("FORBIDDEN", message);
}

/**
 * Returns the key by which a repeated request is known. It is the caller's own: the key of another
 * account finds nothing of it. The machine's owner keeps the plain keys of before there were accounts.
 */
export function keyOf(
  { principal: { userId } }: Caller,
  key: string | undefined,
): string | undefined {
  return key === undefined || userId === undefined ? key : `${userId} ${key}`;
}

/**
 * Refuses to train on text, or with a vocabulary, from a folder of another team.
 * @throws OpnasError `FORBIDDEN`
 */
export async function refuseForeignText(
  { database, teamIds }: Caller,
  text: { folder: string | null; vocabulary: string | null } | null,
): Promise<void> {
  if (teamIds === undefined || text === null) return;
  const files = [text.folder, text.vocabulary].filter((file) => file !== null);
  const names = files.map((file) => file.split(/[/\\]/)[0] ?? "");
  const foreign = await database.ownText.findFirst({
    where: { name: { in: names }, teamId: { notIn: [...teamIds] } },
  });
  if (foreign === null) return;
  const message = `The text ${foreign.name} belongs to another team: choose another one.`;
  throw new OpnasError("FORBIDDEN", message);
}
