-- AlterTable
ALTER TABLE "SearchRun" ADD COLUMN     "superNetChecksum" TEXT,
ADD COLUMN     "superNetFile" TEXT,
ADD COLUMN     "superNetStore" TEXT;

-- AlterTable
ALTER TABLE "Training" ADD COLUMN     "artifactChecksum" TEXT;
