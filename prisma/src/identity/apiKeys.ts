import { createHash, randomBytes } from "node:crypto";
import { OpnasError } from "@opnas/core";
import type { Database } from "../client.js";
import type { ApiKey, KeyScope } from "../generated/client.js";
import { type AccountRights, rightsOf, rightsSelection } from "./rights.js";
import { requireUser } from "./teams.js";

/** First characters of every API key, by which people and scanners of secrets know one. */
export const apiKeyPrefix = "opnas_";

/** Number of a key's characters that are stored as they are. */
const startLength = apiKeyPrefix.length + 6;

/** Hashes a secret of 256 random bits, which needs neither salt nor slowness. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Draws a secret of 256 bits as 43 characters of base64url. */
export function drawSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** An API key to store. */
export interface NewApiKey {
  userId: string;
  name: string;
  scopes: readonly KeyScope[];
  /** Days until it expires; null for never. */
  expiresInDays: number | null;
}

/**
 * Stores an API key by its hash.
 * @returns its row, and the secret, which can be read at no other time
 * @throws OpnasError `NOT_FOUND` for an unknown account
 */
export async function createApiKey(
  db: Database,
  { userId, name, scopes, expiresInDays }: NewApiKey,
): Promise<{ apiKey: ApiKey; secret: string }> {
  await requireUser(db, userId);
  const secret = `${apiKeyPrefix}${drawSecret()}`;
  const apiKey = await db.$transaction(async (tx) => {
    const { id } = await tx.apiKey.create({
      data: {
        userId,
        name,
        hash: hashSecret(secret),
        start: secret.slice(0, startLength),
        scopes: [...new Set(scopes)],
      },
    });
    await tx.$executeRaw`
      UPDATE "ApiKey" SET "expiresAt" = CURRENT_TIMESTAMP + ${expiresInDays}::float8 * interval '1 day'
       WHERE id = ${id}::uuid`;
    return tx.apiKey.findUniqueOrThrow({ where: { id } });
  });
  return { apiKey, secret };
}

/**
 * Revokes an API key for good; one that is revoked already keeps its time.
 * @param ownerId the account whose key it must be; undefined for a key of anybody
 * @throws OpnasError `NOT_FOUND`
 */
export async function revokeApiKey(
  db: Database,
  id: string,
  ownerId: string | undefined,
): Promise<ApiKey> {
  const where = ownerId === undefined ? { id } : { id, userId: ownerId };
  const found = await db.apiKey.findFirst({ where });
  if (found === null) throw new OpnasError("NOT_FOUND", `There is no API key ${id}.`);
  await db.$executeRaw`
    UPDATE "ApiKey" SET "revokedAt" = CURRENT_TIMESTAMP WHERE id = ${id}::uuid AND "revokedAt" IS NULL`;
  return db.apiKey.findUniqueOrThrow({ where: { id } });
}

/** An API key as it was presented: of which account, and whether it may still be used. */
export interface PresentedKey {
  id: string;
  scopes: KeyScope[];
  expiresAt: Date | null;
  state: "valid" | "expired" | "revoked";
  account: AccountRights;
}

/**
 * Finds an API key by its secret and notes its use, once a minute at most; null for an unknown one.
 * Postgres' clock decides whether it has expired.
 */
export async function findApiKey(db: Database, secret: string): Promise<PresentedKey | null> {
  const key = await db.apiKey.findUnique({
    where: { hash: hashSecret(secret) },
    include: { user: { select: rightsSelection } },
  });
  if (key === null) return null;
  const [used] = await db.$queryRaw<{ expired: boolean; due: boolean }[]>`
    SELECT COALESCE("expiresAt" <= CURRENT_TIMESTAMP, false) AS expired,
           COALESCE("lastUsedAt" < CURRENT_TIMESTAMP - interval '1 minute', true) AS due
      FROM "ApiKey" WHERE id = ${key.id}::uuid`;
  const state = key.revokedAt !== null ? "revoked" : used?.expired === true ? "expired" : "valid";
  if (state === "valid" && used?.due === true) {
    await db.$executeRaw`
      UPDATE "ApiKey" SET "lastUsedAt" = CURRENT_TIMESTAMP WHERE id = ${key.id}::uuid`;
  }
  const { id, scopes, expiresAt } = key;
  return { id, scopes, expiresAt, state, account: rightsOf(key.user) };
}
