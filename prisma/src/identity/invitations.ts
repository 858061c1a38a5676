import { OpnasError } from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import type { Invitation, UserRole } from "../generated/client.js";
import { drawSecret, hashSecret } from "./apiKeys.js";
import { ensureDefaultTeam, ofPresentTeam, requireTeam } from "./teams.js";

/** Days for which an invitation can be accepted. */
export const invitationDays = 7;

/**
 * Stores an invitation by the hash of its secret.
 * @returns its row, and the secret of its link, which can be read at no other time
 * @throws OpnasError `NOT_FOUND` for an unknown team, `WRONG_STATE` for an address with an account
 */
export async function invite(
  db: Database,
  { email, role, teamId }: { email: string; role: UserRole; teamId: string },
): Promise<{ invitation: Invitation; secret: string }> {
  await ensureDefaultTeam(db);
  await requireTeam(db, teamId);
  if ((await db.user.count({ where: { email } })) > 0) {
    throw new OpnasError("WRONG_STATE", `${email} has an account already: add it to the team.`);
  }
  const secret = drawSecret();
  const [row] = await db.$queryRaw<{ expiresAt: Date }[]>`
    SELECT CURRENT_TIMESTAMP + ${invitationDays} * interval '1 day' AS "expiresAt"`;
  const expiresAt = row?.expiresAt ?? new Date();
  const data = { email, role, teamId, hash: hashSecret(secret), expiresAt };
  const invitation = await ofPresentTeam(teamId, () => db.invitation.create({ data }));
  return { invitation, secret };
}

/**
 * Withdraws an invitation that nobody has accepted: its link is worth nothing any more. One that is
 * over can be withdrawn, too.
 * @returns the invitation as it was
 * @throws OpnasError `NOT_FOUND` for an unknown one, `WRONG_STATE` for one that was accepted
 */
export async function withdrawInvitation(db: Database, id: string): Promise<Invitation> {
  // One statement, as taking is: of both at once the first decides, and the other finds nothing.
  const [withdrawn] = await db.$queryRaw<Invitation[]>`
    DELETE FROM "Invitation" WHERE id = ${id}::uuid AND "acceptedAt" IS NULL RETURNING *`;
  if (withdrawn !== undefined) return withdrawn;
  const accepted = await db.invitation.findUnique({ where: { id } });
  if (accepted === null) throw new OpnasError("NOT_FOUND", `There is no invitation ${id}.`);
  const message = `${accepted.email} has accepted the invitation already: disable the account instead.`;
  throw new OpnasError("WRONG_STATE", message);
}

/**
 * Takes an invitation that is open by its secret, so that nobody else can accept it.
 * @throws OpnasError `NOT_FOUND` for one that is unknown, accepted or expired
 */
export async function takeInvitation(tx: Transaction, secret: string): Promise<Invitation> {
  const [taken] = await tx.$queryRaw<Invitation[]>`
    UPDATE "Invitation" SET "acceptedAt" = CURRENT_TIMESTAMP
     WHERE hash = ${hashSecret(secret)} AND "acceptedAt" IS NULL AND "expiresAt" > CURRENT_TIMESTAMP
    RETURNING *`;
  if (taken !== undefined) return taken;
  throw new OpnasError(
    "NOT_FOUND",
    "This invitation is not valid: it was used, or is over. Ask for another one.",
  );
}

/** Takes the newest open invitation of an address, for a person who signed in elsewhere; null if none. */
export async function takeInvitationOf(tx: Transaction, email: string): Promise<Invitation | null> {
  const [taken] = await tx.$queryRaw<Invitation[]>`
    UPDATE "Invitation" SET "acceptedAt" = CURRENT_TIMESTAMP
     WHERE id = (SELECT id FROM "Invitation"
                  WHERE email = ${email} AND "acceptedAt" IS NULL AND "expiresAt" > CURRENT_TIMESTAMP
                  ORDER BY "createdAt" DESC LIMIT 1)
       AND "acceptedAt" IS NULL
    RETURNING *`;
  return taken ?? null;
}
