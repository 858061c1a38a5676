import type pg from "pg";
import { eventPayloads } from "../contracts/runEvents.js";
import { withRun } from "./tables.js";

const reason = "it was open in the archive that it was imported from";

/** Failure of a reproduction whose job is on another platform. */
const ended = JSON.stringify({
  code: "STOPPED",
  message: "It was under way on the platform that the run was imported from. Ask for it again.",
});

/**
 * Ends what is open of a run that was imported, within the caller's transaction: the run and its
 * pre-trainings become CANCELLED, from where they can be resumed, and reproductions fail.
 */
export async function closeOpenWork(client: pg.Client, runId: string): Promise<void> {
  const run = (sql: string) => client.query(withRun(sql, runId), []);
  const { rowCount } = await run(
    `UPDATE "SearchRun" SET status = 'CANCELLED', "finishedAt" = CURRENT_TIMESTAMP,
            "etaSeconds" = NULL, "waitingReason" = NULL, "lastSeq" = "lastSeq" + 1
      WHERE id = $run AND status IN ('QUEUED', 'RUNNING', 'PAUSED')`,
  );
  if (rowCount !== 0) {
    const payload = eventPayloads["run.status"].parse({ status: "CANCELLED", reason });
    await client.query(
      `INSERT INTO "RunEvent" ("runId", seq, kind, payload)
       SELECT id, "lastSeq", 'run.status', $1::jsonb FROM "SearchRun" WHERE id = $2`,
      [JSON.stringify(payload), runId],
    );
  }
  const ofRun = `a.id = t."architectureId" AND a."runId" = $run AND t.status IN ('QUEUED', 'RUNNING')`;
  await run(
    `UPDATE "Training" t SET status = 'CANCELLED', "finishedAt" = CURRENT_TIMESTAMP, "waitingReason" = NULL
       FROM "Architecture" a WHERE ${ofRun}`,
  );
  await client.query(
    withRun(
      `UPDATE "Reproduction" t SET status = 'FAILED', "finishedAt" = CURRENT_TIMESTAMP,
              "waitingReason" = NULL, error = $1::jsonb
         FROM "Architecture" a WHERE ${ofRun}`,
      runId,
    ),
    [ended],
  );
}
