-- AlterTable
ALTER TABLE "SearchRun" ADD COLUMN     "origin" JSONB;
