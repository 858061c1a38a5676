-- The orders of the leaderboard hold what its filters look at, too. Large and slow architectures are the same
-- ones: those with few parameters, the slowest first, lie at the end of the order, and Postgres, which takes
-- conditions for independent, walks to them through half of the table. In an index that holds the columns of
-- the conditions the walk reads no row.
DROP INDEX "Architecture_score_desc_idx";
CREATE INDEX "Architecture_score_desc_idx" ON "Architecture" ("score" DESC, "id")
  INCLUDE ("runId", "params", "flops", "stepSeconds", "stability", "reference");
DROP INDEX "Architecture_params_id_idx";
CREATE INDEX "Architecture_params_id_idx" ON "Architecture" ("params", "id")
  INCLUDE ("runId", "score", "flops", "stepSeconds", "stability", "reference");
DROP INDEX "Architecture_flops_id_idx";
CREATE INDEX "Architecture_flops_id_idx" ON "Architecture" ("flops", "id")
  INCLUDE ("runId", "score", "params", "stepSeconds", "stability", "reference");
DROP INDEX "Architecture_stepSeconds_id_idx";
CREATE INDEX "Architecture_stepSeconds_id_idx" ON "Architecture" ("stepSeconds", "id")
  INCLUDE ("runId", "score", "params", "flops", "stability", "reference");

-- Every list of architectures leaves out those of archived and deleted runs, which are few.
CREATE INDEX "SearchRun_hidden_idx" ON "SearchRun" ("id") WHERE "archivedAt" IS NOT NULL OR "deletedAt" IS NOT NULL;
