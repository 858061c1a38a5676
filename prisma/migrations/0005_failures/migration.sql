-- AlterTable
ALTER TABLE "SearchRun" ADD COLUMN     "failures" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "superNetSkipped" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "waitingReason" TEXT;

-- AlterTable
ALTER TABLE "Architecture" ADD COLUMN     "failureCode" TEXT,
ADD COLUMN     "failureReason" TEXT;

-- AlterTable
ALTER TABLE "Attempt" ADD COLUMN     "failures" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "progress" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "Worker" ADD COLUMN     "restReason" TEXT;

-- AlterTable
ALTER TABLE "Training" ADD COLUMN     "failedAt" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "failures" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "waitingReason" TEXT;
