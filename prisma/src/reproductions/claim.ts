import type { Database } from "../client.js";
import { databaseTime } from "../clock.js";
import type { CandidateResult } from "../contracts/candidateResult.js";
import { claimOrder, type OrderClaim, writeUnderOrderClaim } from "../orders/claim.js";
import { tellOrder } from "../orders/kinds.js";

/**
 * Claims a reproduction that is queued or running, for an engine (`describeEngine` of the worker).
 * @returns null when it is gone or has ended, so that there is nothing to do
 */
export async function claimReproduction(
  db: Database,
  id: string,
  engine: string,
): Promise<OrderClaim | null> {
  const data = { engine, waitingReason: null };
  return claimOrder(db, { kind: "reproduce", id }, (tx) =>
    tx.reproduction.update({ where: { id }, data }),
  );
}

/**
 * Stores what came out of a reproduction, which is done then.
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED`
 */
export async function finishReproduction(
  db: Database,
  claim: OrderClaim,
  result: CandidateResult,
): Promise<void> {
  await writeUnderOrderClaim(db, claim, async (tx) => {
    const finishedAt = await databaseTime(tx);
    const data = { status: "DONE" as const, result, finishedAt };
    await tx.reproduction.update({ where: { id: claim.id }, data });
    await tellOrder(tx, claim, true);
  });
}
