import type { Database } from "../client.js";
import type { TrainingPoint } from "../contracts/training.js";
import { type TrainingClaim, writeUnderTraining } from "./claim.js";
import { changeTraining } from "./row.js";

/**
 * Stores how far a training is, with points of its loss curve; called every second or two, not every
 * step. An attempt begins by telling all points up to its checkpoint again: those that are there
 * already are left alone, and what an attempt before it lost is filled in before anything later.
 */
export async function reportTraining(
  db: Database,
  claim: TrainingClaim,
  progress: { step: number; engine: string; metrics: readonly TrainingPoint[] },
): Promise<void> {
  const { trainingId } = claim;
  const { step, engine, metrics } = progress;
  await writeUnderTraining(db, claim, async (tx) => {
    await tx.trainingMetric.createMany({
      data: metrics.map((metric) => ({ trainingId, ...metric })),
      skipDuplicates: true,
    });
    await changeTraining(tx, trainingId, { step, engine });
  });
}

/** The training is done and its model is stored in the folder `artifact`, below the data folder. */
export async function finishTraining(
  db: Database,
  claim: TrainingClaim,
  artifact: string,
): Promise<void> {
  await writeUnderTraining(db, claim, (tx) =>
    changeTraining(tx, claim.trainingId, { status: "DONE", artifact, finishedAt: new Date() }),
  );
}
