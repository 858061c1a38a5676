import type { Database } from "../client.js";
import type { Pretraining } from "../generated/client.js";
import { claimOrder, type OrderClaim } from "../orders/claim.js";

/**
 * Claims a pre-training that is queued or running.
 * @returns null when it is gone or has ended, so that there is nothing to do
 */
export async function claimPretraining(
  db: Database,
  id: string,
): Promise<{ claim: OrderClaim; pretraining: Pretraining } | null> {
  const claim = await claimOrder(db, { kind: "pretrain", id });
  if (claim === null) return null;
  return { claim, pretraining: await db.pretraining.findUniqueOrThrow({ where: { id } }) };
}
