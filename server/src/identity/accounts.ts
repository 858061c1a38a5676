import { randomUUID } from "node:crypto";
import { OpnasError } from "@opnas/core";
import {
  type Database,
  ensureDefaultTeam,
  isUniqueViolation,
  requireTeam,
  takeInvitation,
  type Transaction,
  type User,
  type UserRole,
} from "@opnas/prisma";
import type { Auth } from "./auth.js";

/** An account to store. */
export interface NewAccount {
  email: string;
  name: string;
  password: string;
  role: UserRole;
  teamId: string;
}

/**
 * Stores an account with a password, in one team.
 * @throws OpnasError `BAD_INPUT` for an address that has one, `NOT_FOUND` for an unknown team
 */
export async function createAccount(
  database: Database,
  auth: Auth,
  account: NewAccount,
): Promise<User> {
  const hash = await hashed(auth, account.password);
  await ensureDefaultTeam(database);
  return unlessTaken(account.email, () =>
    database.$transaction((tx) => storeAccount(tx, account, hash)),
  );
}

/**
 * Stores the account of an invitation, which is used up with it.
 * @throws OpnasError `NOT_FOUND` for an invitation that is not open, `BAD_INPUT` for an address that
 * has an account
 */
export async function acceptInvitation(
  database: Database,
  auth: Auth,
  { secret, name, password }: { secret: string; name: string; password: string },
): Promise<User> {
  const hash = await hashed(auth, password);
  return unlessTaken("This address", () =>
    database.$transaction(async (tx) => {
      const { email, role, teamId } = await takeInvitation(tx, secret);
      return storeAccount(tx, { email, name, role, teamId }, hash);
    }),
  );
}

async function hashed(auth: Auth, password: string): Promise<string> {
  return (await auth.$context).password.hash(password);
}

async function storeAccount(
  tx: Transaction,
  { email, name, role, teamId }: Omit<NewAccount, "password">,
  password: string,
): Promise<User> {
  await requireTeam(tx, teamId);
  const id = randomUUID();
  return tx.user.create({
    data: {
      id,
      email,
      name,
      role,
      emailVerified: true,
      accounts: {
        create: { id: randomUUID(), accountId: id, providerId: "credential", password },
      },
      teams: { create: { teamId } },
    },
  });
}

async function unlessTaken(email: string, store: () => Promise<User>): Promise<User> {
  try {
    return await store();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new OpnasError("BAD_INPUT", `${email} has an account already.`, { cause: error });
  }
}
