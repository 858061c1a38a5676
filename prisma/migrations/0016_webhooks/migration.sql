-- CreateEnum
CREATE TYPE "WebhookKind" AS ENUM ('STANDARD', 'SLACK', 'EMAIL');

-- CreateEnum
CREATE TYPE "WebhookEvent" AS ENUM ('RUN_FINISHED', 'RUN_FAILED', 'NEW_BEST', 'TEST');

-- CreateTable
CREATE TABLE "Webhook" (
    "id" UUID NOT NULL,
    "kind" "WebhookKind" NOT NULL,
    "target" TEXT NOT NULL,
    "secret" TEXT,
    "events" "WebhookEvent"[],
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Webhook_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "WebhookDelivery" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "webhookId" UUID NOT NULL,
    "event" "WebhookEvent" NOT NULL,
    "runId" UUID,
    "seq" INTEGER,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "dueAt" TIMESTAMPTZ(3) DEFAULT clock_timestamp(),
    "httpStatus" INTEGER,
    "error" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "deliveredAt" TIMESTAMPTZ(3),

    CONSTRAINT "WebhookDelivery_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "WebhookDelivery_dueAt_idx" ON "WebhookDelivery"("dueAt");

-- CreateIndex
CREATE INDEX "WebhookDelivery_webhookId_createdAt_id_idx" ON "WebhookDelivery"("webhookId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "WebhookDelivery_runId_idx" ON "WebhookDelivery"("runId");

-- AddForeignKey
ALTER TABLE "WebhookDelivery" ADD CONSTRAINT "WebhookDelivery_webhookId_fkey" FOREIGN KEY ("webhookId") REFERENCES "Webhook"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "WebhookDelivery" ADD CONSTRAINT "WebhookDelivery_runId_fkey" FOREIGN KEY ("runId") REFERENCES "SearchRun"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Writes a message for each webhook that is to hear of a run's events from this number on. A candidate is
-- a new best if no other of its run has a score as high; this is asked only where a webhook wants to know.
-- Called after the events are stored, in their transaction (prisma/src/runs/row.ts, opnas_count_result).
CREATE FUNCTION opnas_announce(run_id uuid, first_seq integer) RETURNS void LANGUAGE sql AS $$
  INSERT INTO "WebhookDelivery" ("webhookId", event, "runId", seq)
  SELECT w.id, occasion.name, event."runId", event.seq
    FROM "RunEvent" event
    JOIN (VALUES ('run.finished', 'RUN_FINISHED'::"WebhookEvent"),
                 ('run.failed', 'RUN_FAILED'::"WebhookEvent"),
                 ('candidate.evaluated', 'NEW_BEST'::"WebhookEvent")) AS occasion (kind, name)
      ON occasion.kind = event.kind
    JOIN "Webhook" w ON occasion.name = ANY(w.events)
   WHERE event."runId" = run_id AND event.seq >= first_seq
     AND (occasion.name <> 'NEW_BEST' OR NOT EXISTS (
       SELECT 1 FROM "Architecture" a
        WHERE a."runId" = event."runId" AND a.reference IS NULL
          AND a.score >= (event.payload ->> 'score')::float8
          AND a.id <> (event.payload ->> 'architectureId')::uuid))
$$;
