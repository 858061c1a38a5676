import { runChannel } from "../channels.js";
import type { Transaction } from "../client.js";
import { eventPayloads } from "../contracts/runEvents.js";

/**
 * Gives all runs of a team to another one, archived and deleted ones too, and appends `run.edited` to
 * each. It is one statement, since a team may own thousands.
 */
export async function moveRuns(tx: Transaction, fromTeam: string, toTeam: string): Promise<void> {
  const payload = JSON.stringify(eventPayloads["run.edited"].parse({ changed: ["team"] }));
  await tx.$queryRaw`
    WITH run AS (
      UPDATE "SearchRun" SET "teamId" = ${toTeam}::uuid, "lastSeq" = "lastSeq" + 1
       WHERE "teamId" = ${fromTeam}::uuid RETURNING id, "lastSeq"
    ), added AS (
      INSERT INTO "RunEvent" ("runId", seq, kind, payload)
      SELECT id, "lastSeq", 'run.edited', ${payload}::jsonb FROM run
    )
    SELECT pg_notify(${runChannel}, id::text)::text FROM run`;
}
