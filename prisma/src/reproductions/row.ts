import { reproductionChannel } from "../channels.js";
import type { Transaction } from "../client.js";
import type { Prisma, Reproduction } from "../generated/client.js";

/**
 * Locks a reproduction's row until the caller's transaction ends and returns it. All changes of a
 * reproduction start with this lock.
 * @throws Prisma's P2025 when there is no such reproduction
 */
export async function lockReproduction(tx: Transaction, id: string): Promise<Reproduction> {
  await tx.$queryRaw`SELECT 1 FROM "Reproduction" WHERE id = ${id}::uuid FOR UPDATE`;
  return tx.reproduction.findUniqueOrThrow({ where: { id } });
}

/** Updates a reproduction and notifies `reproductionChannel` when the caller's transaction commits. */
export async function changeReproduction(
  tx: Transaction,
  id: string,
  data: Prisma.ReproductionUpdateInput,
): Promise<Reproduction> {
  const reproduction = await tx.reproduction.update({ where: { id }, data });
  await tx.$executeRaw`SELECT pg_notify(${reproductionChannel}, ${id})`;
  return reproduction;
}
