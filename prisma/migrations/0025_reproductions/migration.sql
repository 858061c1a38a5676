CREATE TYPE "ReproductionStatus" AS ENUM ('QUEUED', 'RUNNING', 'DONE', 'FAILED');

CREATE TABLE "Reproduction" (
    "id" UUID NOT NULL,
    "architectureId" UUID NOT NULL,
    "status" "ReproductionStatus" NOT NULL DEFAULT 'QUEUED',
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "engine" TEXT,
    "result" JSONB,
    "error" JSONB,
    "waitingReason" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Reproduction_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "Reproduction_architectureId_createdAt_id_idx" ON "Reproduction"("architectureId", "createdAt", "id");
ALTER TABLE "Reproduction" ADD CONSTRAINT "Reproduction_architectureId_fkey" FOREIGN KEY ("architectureId") REFERENCES "Architecture"("id") ON DELETE CASCADE ON UPDATE CASCADE;
