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
