-- DropIndex
DROP INDEX "Architecture_runId_key_key";

-- AlterTable
ALTER TABLE "Architecture" ADD COLUMN     "reference" TEXT,
ADD COLUMN     "stepSeconds" DOUBLE PRECISION;

-- AlterTable
ALTER TABLE "Evaluation" ADD COLUMN     "stepSeconds" DOUBLE PRECISION,
ADD COLUMN     "tokenUniformity" JSONB;

-- CreateIndex
CREATE UNIQUE INDEX "Architecture_runId_key_key" ON "Architecture"("runId", "key") WHERE ("reference" IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "Architecture_runId_reference_key" ON "Architecture"("runId", "reference");
