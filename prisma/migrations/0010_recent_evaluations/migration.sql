-- The remaining time is estimated from a run's newest evaluations after each result.
CREATE INDEX "Evaluation_runId_createdAt_idx" ON "Evaluation"("runId", "createdAt");
