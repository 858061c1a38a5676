import { claimChannel, runChannel } from "../channels.js";
import type { Transaction } from "../client.js";
import { eventPayloads, type RunEventInput } from "../contracts/runEvents.js";
import { Prisma, type SearchRun } from "../generated/client.js";

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
  const rows = await tx.$queryRaw<unknown[]>`
    WITH run AS (
      UPDATE "SearchRun" SET "lastSeq" = "lastSeq" + ${events.length}
       WHERE id = ${runId}::uuid RETURNING id, "lastSeq"
    ), event AS (
      SELECT run.id AS "runId", run."lastSeq" - ${events.length} + given.place AS seq, given.kind,
             given.payload::jsonb AS payload
        FROM run, unnest(${kinds}::text[], ${payloads}::text[]) WITH ORDINALITY AS given (kind, payload, place)
    ), added AS (
      INSERT INTO "RunEvent" ("runId", seq, kind, payload)
      SELECT "runId", seq, kind, payload FROM event
    ), announced AS (${announced})
    SELECT pg_notify(${runChannel}, id::text)::text FROM run`;
  if (rows.length === 0) throw new Error(`There is no run ${runId} to append an event to.`);
  if (events.some(({ kind }) => kind === "run.status" || kind === "run.failed")) {
    await tx.$executeRaw`SELECT pg_notify(${claimChannel}, ${runId})`;
  }
}

/**
 * Writes a message for each webhook that is to hear of an event. A candidate is a new best if no other
 * of its run has a score as high; this is asked only where a webhook wants to know.
 */
const announced = Prisma.sql`
  INSERT INTO "WebhookDelivery" ("webhookId", event, "runId", seq)
  SELECT w.id, occasion.name, event."runId", event.seq
    FROM event
    JOIN (VALUES ('run.finished', 'RUN_FINISHED'::"WebhookEvent"),
                 ('run.failed', 'RUN_FAILED'::"WebhookEvent"),
                 ('candidate.evaluated', 'NEW_BEST'::"WebhookEvent")) AS occasion (kind, name)
      ON occasion.kind = event.kind
    JOIN "Webhook" w ON occasion.name = ANY(w.events)
   WHERE occasion.name <> 'NEW_BEST' OR NOT EXISTS (
     SELECT 1 FROM "Architecture" a
      WHERE a."runId" = event."runId" AND a.reference IS NULL
        AND a.score >= (event.payload ->> 'score')::float8
        AND a.id <> (event.payload ->> 'architectureId')::uuid)`;

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
