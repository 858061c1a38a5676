import { runChannel } from "../channels.js";
import type { Transaction } from "../client.js";
import { eventPayloads, type RunEventInput } from "../contracts/runEvents.js";
import type { SearchRun } from "../generated/client.js";

/**
 * Appends events to a run within the transaction that makes them true. Raising `lastSeq` first locks
 * the run's row: events of one run get gapless numbers in commit order, and whatever the
 * transaction reads after it cannot be changed by another.
 * The transaction notifies once, with the run's id; readers then read what is stored.
 */
export async function appendEvents(
  tx: Transaction,
  runId: string,
  events: readonly RunEventInput[],
): Promise<void> {
  const { lastSeq } = await tx.searchRun.update({
    where: { id: runId },
    data: { lastSeq: { increment: events.length } },
    select: { lastSeq: true },
  });
  await tx.runEvent.createMany({
    data: events.map(({ kind, payload }, index) => ({
      runId,
      seq: lastSeq - events.length + 1 + index,
      kind,
      payload: eventPayloads[kind].parse(payload),
    })),
  });
  await tx.$executeRaw`SELECT pg_notify(${runChannel}, ${runId})`;
}

/** Locks the run's row, so that what follows in this transaction sees and leaves a settled state. */
export async function lockRun(tx: Transaction, runId: string): Promise<SearchRun> {
  await tx.$queryRaw`SELECT 1 FROM "SearchRun" WHERE id = ${runId}::uuid FOR UPDATE`;
  return tx.searchRun.findUniqueOrThrow({ where: { id: runId } });
}
