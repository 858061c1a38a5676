import { claimChannel, runChannel } from "../channels.js";
import type { Transaction } from "../client.js";
import { eventPayloads, type RunEventInput } from "../contracts/runEvents.js";
import type { SearchRun } from "../generated/client.js";

/**
 * Appends events to a run within the caller's transaction, which writes the change that they report.
 * Raising `lastSeq` first locks the run's row, so that the events of one run have numbers without gaps
 * in commit order, and no other transaction can change the run before this one ends.
 * Notifies `runChannel` when the transaction commits, readers then read the stored events; a change of
 * the run's status also notifies `claimChannel`.
 * @throws ZodError for a payload that does not fit its kind
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
  if (events.some(({ kind }) => kind === "run.status" || kind === "run.failed")) {
    await tx.$executeRaw`SELECT pg_notify(${claimChannel}, ${runId})`;
  }
}

/**
 * Locks the run's row until the caller's transaction ends and returns it. All changes of a run's state
 * start with this lock.
 * @throws Prisma's P2025 when there is no such run
 */
export async function lockRun(tx: Transaction, runId: string): Promise<SearchRun> {
  await tx.$queryRaw`SELECT 1 FROM "SearchRun" WHERE id = ${runId}::uuid FOR UPDATE`;
  return tx.searchRun.findUniqueOrThrow({ where: { id: runId } });
}
