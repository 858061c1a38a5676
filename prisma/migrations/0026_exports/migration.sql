CREATE TYPE "ExportStatus" AS ENUM ('QUEUED', 'RUNNING', 'DONE', 'FAILED');

CREATE TABLE "Export" (
    "id" UUID NOT NULL,
    "architectureId" UUID NOT NULL,
    "pretrainingId" UUID,
    "format" TEXT NOT NULL,
    "status" "ExportStatus" NOT NULL DEFAULT 'QUEUED',
    "progress" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "artifact" TEXT,
    "store" TEXT,
    "bytes" DOUBLE PRECISION,
    "checksum" TEXT,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "error" JSONB,
    "waitingReason" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "usedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Export_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "Export_architectureId_createdAt_id_idx" ON "Export"("architectureId", "createdAt", "id");
CREATE INDEX "Export_pretrainingId_idx" ON "Export"("pretrainingId");
ALTER TABLE "Export" ADD CONSTRAINT "Export_architectureId_fkey" FOREIGN KEY ("architectureId") REFERENCES "Architecture"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Export" ADD CONSTRAINT "Export_pretrainingId_fkey" FOREIGN KEY ("pretrainingId") REFERENCES "Training"("id") ON DELETE CASCADE ON UPDATE CASCADE;
