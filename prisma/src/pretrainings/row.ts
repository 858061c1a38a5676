import type { Transaction } from "../client.js";
import { claimChannel, pretrainingChannel } from "../channels.js";
import type { Prisma, Pretraining } from "../generated/client.js";

/**
 * Locks a pre-training's row until the caller's transaction ends and returns it. All changes of a
 * pre-training start with this lock.
 * @throws Prisma's P2025 when there is no such pre-training
 */
export async function lockPretraining(tx: Transaction, id: string): Promise<Pretraining> {
  await tx.$queryRaw`SELECT 1 FROM "Training" WHERE id = ${id}::uuid FOR UPDATE`;
  return tx.pretraining.findUniqueOrThrow({ where: { id } });
}

/**
 * Updates a pre-training and notifies `pretrainingChannel` when the caller's transaction commits; a
 * change of its status also notifies `claimChannel`.
 */
export async function changePretraining(
  tx: Transaction,
  id: string,
  data: Prisma.PretrainingUpdateInput,
): Promise<Pretraining> {
  const pretraining = await tx.pretraining.update({ where: { id }, data });
  await tx.$executeRaw`SELECT pg_notify(${pretrainingChannel}, ${id})`;
  if (data.status !== undefined) await tx.$executeRaw`SELECT pg_notify(${claimChannel}, ${id})`;
  return pretraining;
}
