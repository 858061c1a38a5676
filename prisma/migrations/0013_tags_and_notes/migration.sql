-- AlterTable
ALTER TABLE "SearchRun" ADD COLUMN     "note" TEXT,
ADD COLUMN     "tags" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "Architecture" ADD COLUMN     "note" TEXT,
ADD COLUMN     "tags" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "Attempt" ADD COLUMN     "expiresAt" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "SearchRun_tags_idx" ON "SearchRun" USING GIN ("tags") WHERE (tags <> '{}');

-- CreateIndex
CREATE INDEX "Architecture_tags_idx" ON "Architecture" USING GIN ("tags") WHERE (tags <> '{}');
