import type { Database, Transaction } from "../client.js";
import type { User, UserRole } from "../generated/client.js";
import { requireUser } from "./teams.js";

/** An account with what decides on its rights. */
export interface AccountRights {
  id: string;
  name: string;
  email: string;
  role: UserRole;
  disabledAt: Date | null;
  teamIds: string[];
}

/** Selects the columns of an account that `rightsOf` reads. */
export const rightsSelection = {
  id: true,
  name: true,
  email: true,
  role: true,
  disabledAt: true,
  teams: { select: { teamId: true } },
} as const;

/** Turns an account's row into its rights. */
export function rightsOf({
  teams,
  ...user
}: Omit<AccountRights, "teamIds"> & { teams: { teamId: string }[] }): AccountRights {
  return { ...user, teamIds: teams.map(({ teamId }) => teamId).sort() };
}

/** Reads an account's rights; null for an account that is unknown. */
export async function readRights(
  db: Database | Transaction,
  userId: string,
): Promise<AccountRights | null> {
  const user = await db.user.findUnique({ where: { id: userId }, select: rightsSelection });
  return user === null ? null : rightsOf(user);
}

/** Changes an account's role. @throws OpnasError `NOT_FOUND` */
export async function setRole(db: Database, userId: string, role: UserRole): Promise<User> {
  await requireUser(db, userId);
  return db.user.update({ where: { id: userId }, data: { role } });
}

/**
 * Disables an account or makes it usable again. Disabling removes its sessions; its API keys work no
 * more while it is disabled.
 * @throws OpnasError `NOT_FOUND`
 */
export async function setDisabled(db: Database, userId: string, disabled: boolean): Promise<User> {
  return db.$transaction(async (tx) => {
    await requireUser(tx, userId);
    if (disabled) await tx.session.deleteMany({ where: { userId } });
    await tx.$executeRaw`
      UPDATE "User" SET "disabledAt" = ${disabled ? "now" : null}::timestamptz
       WHERE id = ${userId}::uuid`;
    return tx.user.findUniqueOrThrow({ where: { id: userId } });
  });
}
