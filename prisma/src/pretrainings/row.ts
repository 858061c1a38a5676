import type { Transaction } from "../client.js";
import { pretrainingChannel } from "../channels.js";
import type { Prisma, Pretraining } from "../generated/client.js";

/** Locks a training's row, so that what follows in this transaction sees and leaves a settled state. */
export async function lockPretraining(tx: Transaction, id: string): Promise<Pretraining> {
  await tx.$queryRaw`SELECT 1 FROM "Training" WHERE id = ${id}::uuid FOR UPDATE`;
  return tx.pretraining.findUniqueOrThrow({ where: { id } });
}

/** Changes a training and tells those who watch, once the transaction commits. */
export async function changePretraining(
  tx: Transaction,
  id: string,
  data: Prisma.PretrainingUpdateInput,
): Promise<Pretraining> {
  const pretraining = await tx.pretraining.update({ where: { id }, data });
  await tx.$executeRaw`SELECT pg_notify(${pretrainingChannel}, ${id})`;
  return pretraining;
}
