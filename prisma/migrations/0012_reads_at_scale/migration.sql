-- What an architecture is made of, so that filters need not open its JSON: kinds of layers, kernel
-- sizes and operations. A trigger fills it, so that an older program that still runs fills it too.
-- AlterTable
ALTER TABLE "Architecture" ADD COLUMN     "features" TEXT[] DEFAULT ARRAY[]::TEXT[];

CREATE FUNCTION "architectureFeatures"(architecture JSONB) RETURNS TEXT[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT coalesce(array_agg(DISTINCT feature ORDER BY feature), ARRAY[]::TEXT[])
    FROM (
      SELECT 'kind:' || (kind #>> '{}') AS feature
        FROM jsonb_path_query(architecture, '$.layers[*].kind') AS kind
      UNION ALL
      SELECT 'kernel:' || (size #>> '{}')
        FROM jsonb_path_query(architecture, '$.layers[*].kernelSize') AS size
      UNION ALL
      SELECT 'operation:' || (operation #>> '{}')
        FROM jsonb_path_query(architecture, '$.layers[*].graph.nodes[*].op') AS operation
    ) AS found
$$;

CREATE FUNCTION "fillArchitectureFeatures"() RETURNS TRIGGER
LANGUAGE plpgsql
AS $$
BEGIN
  NEW."features" := "architectureFeatures"(NEW."json");
  RETURN NEW;
END
$$;

CREATE TRIGGER "Architecture_features" BEFORE INSERT OR UPDATE OF "json" ON "Architecture"
FOR EACH ROW EXECUTE FUNCTION "fillArchitectureFeatures"();

UPDATE "Architecture" SET "features" = "architectureFeatures"("json");

-- CreateIndex
CREATE INDEX "Architecture_score_desc_idx" ON "Architecture"("score" DESC, "id");

-- CreateIndex
CREATE INDEX "Architecture_stable_score_idx" ON "Architecture"("score", "id") WHERE ("stability" = 'STABLE'::"Stability");

-- CreateIndex
CREATE INDEX "Architecture_reference_score_idx" ON "Architecture"("score", "id") WHERE ("reference" IS NOT NULL);

-- CreateIndex
CREATE INDEX "Architecture_reference_params_idx" ON "Architecture"("params", "id") WHERE ("reference" IS NOT NULL);

-- CreateIndex
CREATE INDEX "Architecture_reference_flops_idx" ON "Architecture"("flops", "id") WHERE ("reference" IS NOT NULL);

-- CreateIndex
CREATE INDEX "Architecture_reference_step_time_idx" ON "Architecture"("stepSeconds", "id") WHERE ("reference" IS NOT NULL);

-- CreateIndex
CREATE INDEX "Architecture_reference_created_idx" ON "Architecture"("createdAt", "id") WHERE ("reference" IS NOT NULL);

-- CreateIndex
CREATE INDEX "Architecture_failed_idx" ON "Architecture"("runId", "id") WHERE ("failureCode" IS NOT NULL);

-- CreateIndex
CREATE INDEX "Architecture_features_idx" ON "Architecture" USING GIN ("features");

-- A search within names and keys reads an index of their trigrams. Where the extension is not
-- installed and may not be created, it scans as before: slower, with the same answers.
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX "Architecture_text_idx" ON "Architecture" USING GIN ("name" gin_trgm_ops, "key" gin_trgm_ops);
EXCEPTION
  WHEN insufficient_privilege OR undefined_file OR undefined_object OR feature_not_supported THEN
    RAISE NOTICE 'Without the extension pg_trgm a search by name scans the table: %', SQLERRM;
END
$$;
