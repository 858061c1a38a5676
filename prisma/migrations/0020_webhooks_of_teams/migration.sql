-- AlterTable
ALTER TABLE "Webhook" ADD COLUMN     "teamId" UUID;

-- AddForeignKey
ALTER TABLE "Webhook" ADD CONSTRAINT "Webhook_teamId_fkey" FOREIGN KEY ("teamId") REFERENCES "Team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Writes a message for each webhook that is to hear of a run's events from this number on: those of the
-- run's team (a run without one is of the team Everyone), and those of no team, which hear of all runs. A
-- candidate is a new best if no other of its run has a score as high; this is asked only where a webhook
-- wants to know. Called after the events are stored, in their transaction (prisma/src/runs/row.ts,
-- opnas_count_result).
CREATE OR REPLACE FUNCTION opnas_announce(run_id uuid, first_seq integer) RETURNS void LANGUAGE sql AS $$
  INSERT INTO "WebhookDelivery" ("webhookId", event, "runId", seq)
  SELECT w.id, occasion.name, event."runId", event.seq
    FROM "RunEvent" event
    JOIN (VALUES ('run.finished', 'RUN_FINISHED'::"WebhookEvent"),
                 ('run.failed', 'RUN_FAILED'::"WebhookEvent"),
                 ('candidate.evaluated', 'NEW_BEST'::"WebhookEvent")) AS occasion (kind, name)
      ON occasion.kind = event.kind
    JOIN "Webhook" w ON occasion.name = ANY(w.events)
    JOIN "SearchRun" run ON run.id = event."runId"
   WHERE event."runId" = run_id AND event.seq >= first_seq
     AND (w."teamId" IS NULL
          OR w."teamId" = coalesce(run."teamId", '00000000-0000-7000-8000-000000000001'))
     AND (occasion.name <> 'NEW_BEST' OR NOT EXISTS (
       SELECT 1 FROM "Architecture" a
        WHERE a."runId" = event."runId" AND a.reference IS NULL
          AND a.score >= (event.payload ->> 'score')::float8
          AND a.id <> (event.payload ->> 'architectureId')::uuid))
$$;
