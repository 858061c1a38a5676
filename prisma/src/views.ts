import { OpnasError } from "@opnas/core";
import type { Database } from "./client.js";
import { isUniqueViolation } from "./databaseError.js";
import type { SavedView } from "./generated/client.js";
import { ofPresentTeam } from "./identity/teams.js";

/** The most saved views of one person, and of one team. */
export const maxViews = 200;

/** Who a saved view belongs to: a team, an account, or without either the machine's owner. */
export interface ViewHolder {
  teamId: string | null;
  userId: string | null;
}

/** A view to save. */
export type NewView = Pick<
  SavedView,
  "name" | "list" | "query" | "orderBy" | "direction" | "columns"
>;

/**
 * Stores a view of a person or a team.
 * @throws OpnasError `BAD_INPUT` when the holder has one of this name, or 200 already; `NOT_FOUND` when
 * the team was deleted meanwhile
 */
export async function saveView(
  db: Database,
  { teamId, userId }: ViewHolder,
  view: NewView,
): Promise<SavedView> {
  const holder = holderOf({ teamId, userId });
  if ((await db.savedView.count({ where: { holder } })) >= maxViews) {
    const message = `There are ${maxViews} saved views already, the most: delete one first.`;
    throw new OpnasError("BAD_INPUT", message);
  }
  const owner = teamId === null ? { userId } : { teamId };
  return ofPresentTeam(teamId, () =>
    refusingTaken(view.name, () => db.savedView.create({ data: { ...view, ...owner, holder } })),
  );
}

/**
 * Changes a view: its name, filter, order or columns.
 * @param changes left-out fields stay as they are
 * @throws OpnasError `BAD_INPUT` when its holder has another view of the new name
 */
export function updateView(
  db: Database,
  id: string,
  changes: Partial<Omit<NewView, "list">>,
): Promise<SavedView> {
  return refusingTaken(changes.name ?? "", () =>
    db.savedView.update({ where: { id }, data: changes }),
  );
}

/** Removes a view, if it is still there. */
export async function deleteView(db: Database, id: string): Promise<void> {
  await db.savedView.deleteMany({ where: { id } });
}

function holderOf({ teamId, userId }: ViewHolder): string {
  if (teamId !== null) return `team:${teamId}`;
  return userId === null ? "local" : `user:${userId}`;
}

async function refusingTaken(name: string, write: () => Promise<SavedView>): Promise<SavedView> {
  try {
    return await write();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new OpnasError(
      "BAD_INPUT",
      `There is a saved view ${name} already: choose another name.`,
    );
  }
}
