import { OpnasError } from "@opnas/core";
import type { Transaction } from "../client.js";
import type { Prisma, SearchRun } from "../generated/client.js";
import { defaultTeamId } from "../identity/teams.js";

/** The most searches that may be live (queued, running or paused) at once; null: any number. */
export interface RunQuota {
  /** Of one account. */
  ofUser: number | null;
  /** Of one team. */
  ofTeam: number | null;
}

/** A quota that refuses nothing, as the machine's owner has. */
export const noQuota: RunQuota = { ofUser: null, ofTeam: null };

/**
 * Refuses a run that has just become live in the caller's transaction, which is then undone, if its account
 * or team has more live runs than it may have. Of several runs that become live in one moment each is
 * counted by the next, since a lock puts their transactions into a row.
 * @throws OpnasError `QUOTA_EXCEEDED`, whose sentence has the number
 */
export async function requireQuota(
  tx: Transaction,
  { ownerId, teamId }: Pick<SearchRun, "ownerId" | "teamId">,
  { ofUser, ofTeam }: RunQuota,
): Promise<void> {
  if (ofUser === null && ofTeam === null) return;
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('quota of live runs', 0))`;
  const isDefault = teamId === null || teamId === defaultTeamId;
  const ofItsTeam = isDefault ? { OR: [{ teamId: defaultTeamId }, { teamId: null }] } : { teamId };
  if (ownerId !== null) await requireFewer(tx, "account", { ownerId }, ofUser);
  await requireFewer(tx, "team", ofItsTeam, ofTeam);
}

async function requireFewer(
  tx: Transaction,
  whose: "account" | "team",
  where: Prisma.SearchRunWhereInput,
  limit: number | null,
): Promise<void> {
  if (limit === null) return;
  const live = { status: { in: ["QUEUED" as const, "RUNNING" as const, "PAUSED" as const] } };
  const count = await tx.searchRun.count({ where: { ...where, ...live } });
  if (count <= limit) return;
  const message = `The ${whose} has ${count - 1} live searches (queued, running or paused), and at most ${limit} are allowed at once: wait until one ends, or cancel one.`;
  throw new OpnasError("QUOTA_EXCEEDED", message);
}
