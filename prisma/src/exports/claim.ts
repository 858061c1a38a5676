import type { Database } from "../client.js";
import { databaseTime } from "../clock.js";
import { claimOrder, type OrderClaim, writeUnderOrderClaim } from "../orders/claim.js";
import { tellOrder } from "../orders/kinds.js";

/** The archive that an export wrote. */
export interface FinishedExport {
  /** Folder of the archive in the artifact store. */
  artifact: string;
  /** Id of that store. */
  store: string;
  bytes: number;
  /** SHA-256 of the archive, in hexadecimal digits. */
  checksum: string;
}

/**
 * Claims an export that is queued or running.
 * @returns null when it is gone or has ended, so that there is nothing to do
 */
export async function claimExport(db: Database, id: string): Promise<OrderClaim | null> {
  const data = { progress: 0, waitingReason: null };
  return claimOrder(db, { kind: "export", id }, (tx) => tx.export.update({ where: { id }, data }));
}

/**
 * Stores the share of an export that is done, 0 to 1.
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED`
 */
export async function reportExport(
  db: Database,
  claim: OrderClaim,
  progress: number,
): Promise<void> {
  await writeUnderOrderClaim(db, claim, async (tx) => {
    await tx.export.update({ where: { id: claim.id }, data: { progress } });
    await tellOrder(tx, claim, false);
  });
}

/**
 * Names the archive of an export, which is done then.
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED`
 */
export async function finishExport(
  db: Database,
  claim: OrderClaim,
  { artifact, store, bytes, checksum }: FinishedExport,
): Promise<void> {
  await writeUnderOrderClaim(db, claim, async (tx) => {
    const finishedAt = await databaseTime(tx);
    await tx.export.update({
      where: { id: claim.id },
      data: {
        status: "DONE",
        progress: 1,
        artifact,
        store,
        bytes,
        checksum,
        usedAt: finishedAt,
        finishedAt,
      },
    });
    await tellOrder(tx, claim, true);
  });
}
