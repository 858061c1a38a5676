import type { Database } from "../client.js";
import type { LossPoint } from "../contracts/pretraining.js";
import { type PretrainingClaim, writeUnderPretrainingClaim } from "./claim.js";
import { changePretraining } from "./row.js";

/**
 * Stores how far a training is, with points of its loss curve; called every second or two, not every
 * step. An attempt begins by telling all points up to its checkpoint again: those that are there
 * already are left alone, and what an attempt before it lost is filled in before anything later.
 */
export async function reportPretraining(
  db: Database,
  claim: PretrainingClaim,
  progress: { step: number; engine: string; metrics: readonly LossPoint[] },
): Promise<void> {
  const { pretrainingId } = claim;
  const { step, engine, metrics } = progress;
  await writeUnderPretrainingClaim(db, claim, async (tx) => {
    await tx.pretrainingMetric.createMany({
      data: metrics.map((metric) => ({ pretrainingId, ...metric })),
      skipDuplicates: true,
    });
    await changePretraining(tx, pretrainingId, { step, engine });
  });
}

/** The training is done and its model is stored in the folder `artifact`, below the data folder. */
export async function finishPretraining(
  db: Database,
  claim: PretrainingClaim,
  artifact: string,
): Promise<void> {
  await writeUnderPretrainingClaim(db, claim, (tx) =>
    changePretraining(tx, claim.pretrainingId, {
      status: "DONE",
      artifact,
      finishedAt: new Date(),
    }),
  );
}
