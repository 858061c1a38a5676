-- CreateEnum
CREATE TYPE "TrainingStatus" AS ENUM ('QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED');

-- CreateTable
CREATE TABLE "Training" (
    "id" UUID NOT NULL,
    "architectureId" UUID NOT NULL,
    "status" "TrainingStatus" NOT NULL DEFAULT 'QUEUED',
    "settings" JSONB NOT NULL,
    "seed" INTEGER NOT NULL,
    "step" INTEGER NOT NULL DEFAULT 0,
    "steps" INTEGER NOT NULL,
    "engine" TEXT,
    "error" JSONB,
    "artifact" TEXT,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "idempotencyKey" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Training_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TrainingMetric" (
    "trainingId" UUID NOT NULL,
    "step" INTEGER NOT NULL,
    "loss" DOUBLE PRECISION NOT NULL,
    "maskedLoss" DOUBLE PRECISION NOT NULL,
    "nextSentenceLoss" DOUBLE PRECISION NOT NULL,
    "learningRate" DOUBLE PRECISION NOT NULL,
    "tokensPerSecond" DOUBLE PRECISION NOT NULL,
    "time" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "TrainingMetric_pkey" PRIMARY KEY ("trainingId","step")
);

-- CreateIndex
CREATE UNIQUE INDEX "Training_idempotencyKey_key" ON "Training"("idempotencyKey");

-- CreateIndex
CREATE INDEX "Training_createdAt_id_idx" ON "Training"("createdAt", "id");

-- CreateIndex
CREATE INDEX "Training_architectureId_createdAt_id_idx" ON "Training"("architectureId", "createdAt", "id");

-- AddForeignKey
ALTER TABLE "Training" ADD CONSTRAINT "Training_architectureId_fkey" FOREIGN KEY ("architectureId") REFERENCES "Architecture"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TrainingMetric" ADD CONSTRAINT "TrainingMetric_trainingId_fkey" FOREIGN KEY ("trainingId") REFERENCES "Training"("id") ON DELETE CASCADE ON UPDATE CASCADE;
