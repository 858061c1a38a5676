-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "RunStatus" AS ENUM ('QUEUED', 'RUNNING', 'PAUSED', 'DONE', 'FAILED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "RunPhase" AS ENUM ('PREPARING', 'SUPERNET', 'SEARCHING', 'FINISHED');

-- CreateEnum
CREATE TYPE "Stability" AS ENUM ('STABLE', 'NO_LEARNING', 'DIVERGED');

-- CreateEnum
CREATE TYPE "PriorityKind" AS ENUM ('operation', 'kernel');

-- CreateTable
CREATE TABLE "SearchRun" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "status" "RunStatus" NOT NULL DEFAULT 'QUEUED',
    "phase" "RunPhase" NOT NULL DEFAULT 'PREPARING',
    "seed" INTEGER NOT NULL,
    "preset" TEXT NOT NULL,
    "strategy" TEXT NOT NULL,
    "settings" JSONB NOT NULL,
    "idempotencyKey" TEXT,
    "engine" TEXT,
    "error" JSONB,
    "progressDone" INTEGER NOT NULL DEFAULT 0,
    "progressTotal" INTEGER NOT NULL DEFAULT 0,
    "etaSeconds" DOUBLE PRECISION,
    "progressNote" TEXT,
    "superNetSeconds" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "lastSeq" INTEGER NOT NULL DEFAULT 0,
    "bestScore" DOUBLE PRECISION,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMPTZ(3),
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "SearchRun_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Generation" (
    "id" UUID NOT NULL,
    "runId" UUID NOT NULL,
    "index" INTEGER NOT NULL,
    "size" INTEGER NOT NULL,
    "evaluated" INTEGER NOT NULL DEFAULT 0,
    "bestScore" DOUBLE PRECISION,
    "meanScore" DOUBLE PRECISION,
    "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Generation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Architecture" (
    "id" UUID NOT NULL,
    "runId" UUID NOT NULL,
    "generationId" UUID NOT NULL,
    "indexInGeneration" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "json" JSONB NOT NULL,
    "params" DOUBLE PRECISION NOT NULL,
    "flops" DOUBLE PRECISION NOT NULL,
    "parentId" UUID,
    "mutation" TEXT,
    "score" DOUBLE PRECISION,
    "stability" "Stability",
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Architecture_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Evaluation" (
    "id" UUID NOT NULL,
    "runId" UUID NOT NULL,
    "architectureId" UUID NOT NULL,
    "score" DOUBLE PRECISION NOT NULL,
    "stability" "Stability" NOT NULL,
    "heldOutLoss" DOUBLE PRECISION,
    "heldOutAccuracy" DOUBLE PRECISION,
    "taskScores" JSONB NOT NULL,
    "timings" JSONB NOT NULL,
    "engine" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "workerId" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Evaluation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "OperationStatistic" (
    "runId" UUID NOT NULL,
    "generation" INTEGER NOT NULL,
    "kind" "PriorityKind" NOT NULL,
    "position" INTEGER NOT NULL,
    "operation" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "meanScore" DOUBLE PRECISION NOT NULL,
    "ucb" DOUBLE PRECISION NOT NULL,
    "probability" DOUBLE PRECISION NOT NULL,

    CONSTRAINT "OperationStatistic_pkey" PRIMARY KEY ("runId","generation","kind","position","operation")
);

-- CreateTable
CREATE TABLE "RunEvent" (
    "runId" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "time" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "RunEvent_pkey" PRIMARY KEY ("runId","seq")
);

-- CreateTable
CREATE TABLE "Attempt" (
    "runId" UUID NOT NULL,
    "task" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "workerId" UUID NOT NULL,
    "time" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Attempt_pkey" PRIMARY KEY ("runId","task")
);

-- CreateTable
CREATE TABLE "Worker" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "engine" TEXT NOT NULL,
    "engineReasons" JSONB NOT NULL,
    "threads" INTEGER NOT NULL,
    "slots" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "currentJobs" JSONB NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastSeenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Worker_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "SearchRun_idempotencyKey_key" ON "SearchRun"("idempotencyKey");

-- CreateIndex
CREATE INDEX "SearchRun_createdAt_id_idx" ON "SearchRun"("createdAt", "id");

-- CreateIndex
CREATE INDEX "SearchRun_bestScore_id_idx" ON "SearchRun"("bestScore", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Generation_runId_index_key" ON "Generation"("runId", "index");

-- CreateIndex
CREATE INDEX "Architecture_score_id_idx" ON "Architecture"("score", "id");

-- CreateIndex
CREATE INDEX "Architecture_params_id_idx" ON "Architecture"("params", "id");

-- CreateIndex
CREATE INDEX "Architecture_flops_id_idx" ON "Architecture"("flops", "id");

-- CreateIndex
CREATE INDEX "Architecture_createdAt_id_idx" ON "Architecture"("createdAt", "id");

-- CreateIndex
CREATE INDEX "Architecture_runId_score_id_idx" ON "Architecture"("runId", "score", "id");

-- CreateIndex
CREATE INDEX "Architecture_parentId_idx" ON "Architecture"("parentId");

-- CreateIndex
CREATE UNIQUE INDEX "Architecture_runId_key_key" ON "Architecture"("runId", "key");

-- CreateIndex
CREATE UNIQUE INDEX "Architecture_generationId_indexInGeneration_key" ON "Architecture"("generationId", "indexInGeneration");

-- CreateIndex
CREATE INDEX "Evaluation_architectureId_idx" ON "Evaluation"("architectureId");

-- CreateIndex
CREATE UNIQUE INDEX "Evaluation_runId_architectureId_key" ON "Evaluation"("runId", "architectureId");

-- CreateIndex
CREATE INDEX "Worker_lastSeenAt_idx" ON "Worker"("lastSeenAt");

-- AddForeignKey
ALTER TABLE "Generation" ADD CONSTRAINT "Generation_runId_fkey" FOREIGN KEY ("runId") REFERENCES "SearchRun"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Architecture" ADD CONSTRAINT "Architecture_runId_fkey" FOREIGN KEY ("runId") REFERENCES "SearchRun"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Architecture" ADD CONSTRAINT "Architecture_generationId_fkey" FOREIGN KEY ("generationId") REFERENCES "Generation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Architecture" ADD CONSTRAINT "Architecture_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "Architecture"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Evaluation" ADD CONSTRAINT "Evaluation_runId_fkey" FOREIGN KEY ("runId") REFERENCES "SearchRun"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Evaluation" ADD CONSTRAINT "Evaluation_architectureId_fkey" FOREIGN KEY ("architectureId") REFERENCES "Architecture"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Evaluation" ADD CONSTRAINT "Evaluation_workerId_fkey" FOREIGN KEY ("workerId") REFERENCES "Worker"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OperationStatistic" ADD CONSTRAINT "OperationStatistic_runId_fkey" FOREIGN KEY ("runId") REFERENCES "SearchRun"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RunEvent" ADD CONSTRAINT "RunEvent_runId_fkey" FOREIGN KEY ("runId") REFERENCES "SearchRun"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Attempt" ADD CONSTRAINT "Attempt_runId_fkey" FOREIGN KEY ("runId") REFERENCES "SearchRun"("id") ON DELETE CASCADE ON UPDATE CASCADE;
