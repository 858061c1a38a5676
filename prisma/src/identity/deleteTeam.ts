import { OpnasError } from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import type { Team } from "../generated/client.js";
import { moveModels } from "../models.js";
import { moveRuns } from "../runs/move.js";
import { defaultTeamId, ensureDefaultTeam, requireTeam } from "./teams.js";

/**
 * Deletes a team with its memberships, invitations, webhooks and saved views. Its runs, texts and reference
 * models go to the team `newOwnerId`; without one, a team that owns any is kept (decision 0059).
 * @returns the team as it was
 * @throws OpnasError `NOT_FOUND` for an unknown team; `BAD_INPUT` for a team that is to own them itself;
 * `WRONG_STATE` for the default team, and for one that owns something that goes nowhere
 */
export async function deleteTeam(
  db: Database,
  id: string,
  newOwnerId: string | null,
): Promise<Team> {
  if (id === defaultTeamId) {
    const message =
      "This is the team of runs and accounts that name none, so it stays: give it another name.";
    throw new OpnasError("WRONG_STATE", message);
  }
  if (newOwnerId === id) {
    throw new OpnasError("BAD_INPUT", "A team that is deleted cannot keep its runs: name another.");
  }
  return db.$transaction(async (tx) => {
    if (newOwnerId === defaultTeamId) await ensureDefaultTeam(tx);
    await lockTeams(tx, newOwnerId === null ? [id] : [id, newOwnerId]);
    const team = await requireTeam(tx, id);
    if (newOwnerId === null) {
      await requireOwningNothing(tx, team);
    } else {
      await requireTeam(tx, newOwnerId);
      await moveRuns(tx, id, newOwnerId);
      await tx.ownText.updateMany({ where: { teamId: id }, data: { teamId: newOwnerId } });
      await moveModels(tx, id, newOwnerId);
    }
    await tx.team.delete({ where: { id } });
    return team;
  });
}

/**
 * Locks the rows of teams, so that nobody starts a run of one meanwhile: always in the order of their
 * ids, or two deletions that name each other would wait for each other.
 */
async function lockTeams(tx: Transaction, ids: readonly string[]): Promise<void> {
  await tx.$queryRaw`SELECT id FROM "Team" WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR UPDATE`;
}

/** Throws for a team with runs, with reference models, or with texts, which would be everybody's without it. */
async function requireOwningNothing(tx: Transaction, { id, name }: Team): Promise<void> {
  const runs = await tx.searchRun.count({ where: { teamId: id } });
  const texts = await tx.ownText.count({ where: { teamId: id } });
  const models = await tx.referenceModel.count({ where: { teamId: id } });
  if (runs + texts + models === 0) return;
  const counts = [counted(runs, "run"), counted(texts, "text"), counted(models, "reference model")];
  const owned = counts.filter((part) => part !== null);
  const message = `${name} owns ${owned.join(" and ")}, archived and deleted ones included: name the team that they go to.`;
  throw new OpnasError("WRONG_STATE", message);
}

function counted(count: number, noun: string): string | null {
  if (count === 0) return null;
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
