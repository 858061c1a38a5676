import type { Tone } from "@/ui/badge";

interface KeyTimes {
  expiresAt: string | null;
  revokedAt: string | null;
}

/** Returns the state of a key at the time `now` in milliseconds; only a valid one is accepted. */
export function keyState({ expiresAt, revokedAt }: KeyTimes, now: number) {
  if (revokedAt !== null) return "revoked";
  return expiresAt !== null && Date.parse(expiresAt) <= now ? "expired" : "valid";
}

export const keyLooks: Record<ReturnType<typeof keyState>, { label: string; tone: Tone }> = {
  valid: { label: "Valid", tone: "good" },
  expired: { label: "Expired", tone: "warn" },
  revoked: { label: "Revoked", tone: "neutral" },
};
