-- CreateIndex
CREATE INDEX "Architecture_stepSeconds_id_idx" ON "Architecture"("stepSeconds", "id");
