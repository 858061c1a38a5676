import { claimChannel, runChannel } from "../channels.js";
import type { Transaction } from "../client.js";
import { eventPayloads, type RunEventInput } from "../contracts/runEvents.js";
import type { SearchRun } from "../generated/client.js";

/** The kinds of events of which webhooks may hear; those of results are announced within the database. */
const announcedKinds: ReadonlySet<string> = new Set(["run.finished", "run.failed"]);

/**
 * Appends events to a run within the caller's transaction, which writes the change that they report.
 * Raising `lastSeq` first locks the run's row, so that the events of one run have numbers without gaps
 * in commit order, and no other transaction can change the run before this one ends.
 * Webhooks that are to hear of them get a message to send in the same transaction.
 * Notifies `runChannel` when the transaction commits, readers then read the stored events; a change of
 * the run's status also notifies `claimChannel`.
 * @throws ZodError for a payload that does not fit its kind
 */
export async function appendEvents(
  tx: Transaction,
  runId: string,
  events: readonly RunEventInput[],
): Promise<void> {
  const kinds = events.map(({ kind }) => kind);
  const payloads = events.map(({ kind, payload }) =>
    JSON.stringify(eventPayloads[kind].parse(payload)),
  );
  // One statement, since the run's row is locked meanwhile, and every result of a run waits for it.
  const rows = await tx.$queryRaw<{ lastSeq: number }[]>`
    WITH run AS (
      UPDATE "SearchRun" SET "lastSeq" = "lastSeq" + ${events.length}
       WHERE id = ${runId}::uuid RETURNING id, "lastSeq"
    ), added AS (
      INSERT INTO "RunEvent" ("runId", seq, kind, payload)
      SELECT run.id, run."lastSeq" - ${events.length} + given.place, given.kind, given.payload::jsonb
        FROM run, unnest(${kinds}::text[], ${payloads}::text[]) WITH ORDINALITY AS given (kind, payload, place)
    )
    SELECT "lastSeq", pg_notify(${runChannel}, id::text)::text FROM run`;
  const [last] = rows;
  if (last === undefined) throw new Error(`There is no run ${runId} to append an event to.`);
  if (kinds.some((kind) => announcedKinds.has(kind))) {
    const first = last.lastSeq - events.length + 1;
    await tx.$executeRaw`SELECT opnas_announce(${runId}::uuid, ${first}::int)`;
  }
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
  const [run] = await tx.$queryRaw<SearchRun[]>`
    SELECT * FROM "SearchRun" WHERE id = ${runId}::uuid FOR UPDATE`;
  return run ?? tx.searchRun.findUniqueOrThrow({ where: { id: runId } });
}
