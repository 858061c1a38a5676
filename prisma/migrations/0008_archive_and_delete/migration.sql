-- AlterTable
ALTER TABLE "SearchRun" ADD COLUMN     "archivedAt" TIMESTAMPTZ(3),
ADD COLUMN     "deletedAt" TIMESTAMPTZ(3);
