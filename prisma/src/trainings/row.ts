import type { Transaction } from "../client.js";
import { trainingChannel } from "../events.js";
import type { Prisma, Training } from "../generated/client.js";

/** Locks a training's row, so that what follows in this transaction sees and leaves a settled state. */
export async function lockTraining(tx: Transaction, id: string): Promise<Training> {
  await tx.$queryRaw`SELECT 1 FROM "Training" WHERE id = ${id}::uuid FOR UPDATE`;
  return tx.training.findUniqueOrThrow({ where: { id } });
}

/** Changes a training and tells those who watch, once the transaction commits. */
export async function changeTraining(
  tx: Transaction,
  id: string,
  data: Prisma.TrainingUpdateInput,
): Promise<Training> {
  const training = await tx.training.update({ where: { id }, data });
  await tx.$executeRaw`SELECT pg_notify(${trainingChannel}, ${id})`;
  return training;
}
