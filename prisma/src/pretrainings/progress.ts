import type { Database } from "../client.js";
import { databaseTime } from "../clock.js";
import type { LossPoint } from "../contracts/pretraining.js";
import { type OrderClaim, writeUnderOrderClaim } from "../orders/claim.js";
import { changePretraining } from "./row.js";

/**
 * Stores a pre-training's step, engine and new points of its loss curve, under the lock of its row.
 * Callers report every second or two, not every step. An attempt first reports all points up to its
 * checkpoint again: stored points are left alone, and points that an earlier attempt lost are filled
 * in before any later one.
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED`
 */
export async function reportPretraining(
  db: Database,
  claim: OrderClaim,
  progress: { step: number; engine: string; metrics: readonly LossPoint[] },
): Promise<void> {
  const { id: pretrainingId } = claim;
  const { step, engine, metrics } = progress;
  await writeUnderOrderClaim(db, claim, async (tx) => {
    await tx.pretrainingMetric.createMany({
      data: metrics.map((metric) => ({ pretrainingId, ...metric })),
      skipDuplicates: true,
    });
    await changePretraining(tx, pretrainingId, { step, engine, waitingReason: null });
  });
}

/**
 * Marks a pre-training as done, under the lock of its row. `artifact` is the folder of its model,
 * relative to the data folder, and `checksum` that of the model's file of weights.
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED`
 */
export async function finishPretraining(
  db: Database,
  claim: OrderClaim,
  artifact: string,
  checksum?: string,
): Promise<void> {
  await writeUnderOrderClaim(db, claim, async (tx) => {
    await changePretraining(tx, claim.id, {
      status: "DONE",
      artifact,
      artifactChecksum: checksum ?? null,
      waitingReason: null,
      finishedAt: await databaseTime(tx),
    });
  });
}
