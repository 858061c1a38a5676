CREATE TABLE "ReferenceModel" (
    "id" UUID NOT NULL,
    "teamId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "checksum" TEXT NOT NULL,
    "json" JSONB NOT NULL,
    "size" JSONB NOT NULL,
    "params" DOUBLE PRECISION NOT NULL,
    "flops" DOUBLE PRECISION NOT NULL,
    "results" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ReferenceModel_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "ReferenceModel_teamId_checksum_key" ON "ReferenceModel"("teamId", "checksum");
ALTER TABLE "ReferenceModel" ADD CONSTRAINT "ReferenceModel_teamId_fkey" FOREIGN KEY ("teamId") REFERENCES "Team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Rows of archives and backups have their features: to find them again is half of the time of their import.
DROP TRIGGER "Architecture_features" ON "Architecture";
CREATE TRIGGER "Architecture_features" BEFORE INSERT ON "Architecture"
FOR EACH ROW WHEN (NEW."features" = '{}') EXECUTE FUNCTION "fillArchitectureFeatures"();
CREATE TRIGGER "Architecture_changed_features" BEFORE UPDATE OF "json" ON "Architecture"
FOR EACH ROW EXECUTE FUNCTION "fillArchitectureFeatures"();
