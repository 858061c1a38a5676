-- Less work for each candidate (decision 0041).

-- A worker's report writes its row where the old version was, and no index: no index has the time of the
-- report any more. What sums up live workers finds them among those that have stopped.
DROP INDEX "Worker_lastSeenAt_idx";
CREATE INDEX "Worker_live_idx" ON "Worker"("id") WHERE status <> 'stopped';

-- All that these functions read they find by its key. Their plans are made once in a session, often while a
-- run has only begun; by the sizes of then it would be as good to read a table as a whole, or all attempts
-- of a run, and each step would go on doing so.
ALTER FUNCTION opnas_claim_works SET enable_seqscan = off;
ALTER FUNCTION opnas_claim_works SET enable_bitmapscan = off;
ALTER FUNCTION opnas_claim_works SET enable_hashjoin = off;
ALTER FUNCTION opnas_store_results SET enable_seqscan = off;
ALTER FUNCTION opnas_store_results SET enable_bitmapscan = off;
ALTER FUNCTION opnas_store_results SET enable_hashjoin = off;

-- Begins the evaluation of several candidates of a run in one step (prisma/src/runs/begin.ts): what their
-- reading and their claims were two statements for. It begins those that nothing hinders, and leaves the
-- others to the caller, who finds out why. What it reads, it reads under the lock of the run's row.
-- @param engines the engine of the worker of each, which must have worked for the run before
-- @param stores the artifact store of each worker, which must have the run's super-net
-- @returns the places of those that have begun, from 1, with what belongs to each in that order; no row
--   when there is none
CREATE FUNCTION opnas_begin_candidates(
  run_id uuid, architecture_ids uuid[], worker_ids uuid[], engines text[], stores text[]
) RETURNS TABLE (places integer[], keys text[], architectures jsonb, attempts integer[], run "SearchRun")
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off AS $$
DECLARE
  held "SearchRun";
  open_ids uuid[];
  open_works text[];
  open_workers uuid[];
  claimed record;
BEGIN
  SELECT * INTO held FROM "SearchRun" r WHERE r.id = run_id FOR NO KEY UPDATE;
  IF NOT FOUND OR held.phase <> 'SEARCHING' THEN RETURN; END IF;

  SELECT array_agg(w.place::int ORDER BY w.place), array_agg(a.key ORDER BY w.place),
         jsonb_agg(a.json ORDER BY w.place), array_agg(a.id ORDER BY w.place),
         array_agg('evaluate:' || a.id ORDER BY w.place), array_agg(w.worker ORDER BY w.place)
    INTO places, keys, architectures, open_ids, open_works, open_workers
    FROM unnest(architecture_ids, worker_ids, engines, stores) WITH ORDINALITY
           AS w (id, worker, engine, store, place)
    JOIN "Architecture" a ON a.id = w.id
   WHERE a."runId" = run_id AND a."failureCode" IS NULL
     AND w.engine = ANY(held.engines)
     AND (held."superNetStore" IS NULL OR held."superNetStore" = w.store)
     AND NOT EXISTS (SELECT FROM "Evaluation" e WHERE e."architectureId" = a.id);
  IF places IS NULL THEN RETURN; END IF;

  SELECT * INTO claimed FROM opnas_claim_works(run_id, open_works, open_workers, open_ids);
  IF NOT FOUND THEN RETURN; END IF;
  attempts := claimed.attempts;
  run := claimed.run;
  RETURN NEXT;
END $$;
