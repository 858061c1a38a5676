import type { Transaction } from "../client.js";
import type { Prisma, Pretraining } from "../generated/client.js";
import { tellOrder } from "../orders/kinds.js";

/**
 * Locks a pre-training's row until the caller's transaction ends and returns it.
 * @throws Prisma's P2025 when there is no such pre-training
 */
export async function lockPretraining(tx: Transaction, id: string): Promise<Pretraining> {
  await tx.$queryRaw`SELECT 1 FROM "Training" WHERE id = ${id}::uuid FOR UPDATE`;
  return tx.pretraining.findUniqueOrThrow({ where: { id } });
}

/** Updates a pre-training and tells its channels when the caller's transaction commits. */
export async function changePretraining(
  tx: Transaction,
  id: string,
  data: Prisma.PretrainingUpdateInput,
): Promise<Pretraining> {
  const pretraining = await tx.pretraining.update({ where: { id }, data });
  await tellOrder(tx, { kind: "pretrain", id }, data.status !== undefined);
  return pretraining;
}
