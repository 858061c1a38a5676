-- The time of a training step as a multiple of vanilla BERT's, both timed in turns on the same machine
-- (decision 0061). Seconds of a step depend on what else the machine did, so candidates are ordered and
-- compared by this ratio instead; those that were evaluated before have none.
ALTER TABLE "Architecture" ADD COLUMN "stepRatio" DOUBLE PRECISION;
ALTER TABLE "Evaluation" ADD COLUMN "stepRatio" DOUBLE PRECISION;

-- The orders of the leaderboard, with what its filters look at (migration 0022).
DROP INDEX "Architecture_stepSeconds_id_idx";
CREATE INDEX "Architecture_stepRatio_id_idx" ON "Architecture" ("stepRatio", "id")
  INCLUDE ("runId", "score", "params", "flops", "stability", "reference");
DROP INDEX "Architecture_reference_step_time_idx";
CREATE INDEX "Architecture_reference_step_ratio_idx" ON "Architecture"("stepRatio", "id") WHERE ("reference" IS NOT NULL);
DROP INDEX "Architecture_score_desc_idx";
CREATE INDEX "Architecture_score_desc_idx" ON "Architecture" ("score" DESC, "id")
  INCLUDE ("runId", "params", "flops", "stepRatio", "stability", "reference");
DROP INDEX "Architecture_params_id_idx";
CREATE INDEX "Architecture_params_id_idx" ON "Architecture" ("params", "id")
  INCLUDE ("runId", "score", "flops", "stepRatio", "stability", "reference");
DROP INDEX "Architecture_flops_id_idx";
CREATE INDEX "Architecture_flops_id_idx" ON "Architecture" ("flops", "id")
  INCLUDE ("runId", "score", "params", "stepRatio", "stability", "reference");

-- Stores the result of a candidate or reference for the holder of a claim
-- (prisma/src/runs/evaluation.ts).
-- @param may_enqueue whether the result may be one after which a job may be to be enqueued: the caller
--   does so in the same transaction
-- @returns "stored"; "last" when it closed its generation; "reference" when it was a reference's. Has
--   stored nothing when it returns "repeated", because there is a result or it has failed already;
--   "enqueues", because it would be one of those; "attempt N", the newer attempt; or "status S", that
--   of a run that is not running
CREATE OR REPLACE FUNCTION opnas_record_result(
  run_id uuid, work_key text, held_attempt integer, worker_id uuid, architecture_id uuid,
  result jsonb, engine_name text, silence_seconds integer, may_enqueue boolean
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  run_status "RunStatus";
  newest_attempt integer;
  known "Architecture";
  new_score double precision := (result->>'score')::float8;
  new_stability "Stability" := (result->>'stability')::"Stability";
  new_step_seconds double precision := (result->>'stepSeconds')::float8;
  new_step_ratio double precision := (result->>'stepRatio')::float8;
  payload jsonb := jsonb_build_object(
    'architectureId', architecture_id, 'score', new_score, 'stability', new_stability);
BEGIN
  SELECT r.status INTO run_status FROM "SearchRun" r WHERE r.id = run_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN 'status DELETED'; END IF;
  SELECT a.attempt INTO STRICT newest_attempt FROM "Attempt" a
   WHERE a."runId" = run_id AND a.task = work_key;
  IF newest_attempt <> held_attempt THEN RETURN 'attempt ' || newest_attempt; END IF;
  IF run_status <> 'RUNNING' THEN RETURN 'status ' || run_status; END IF;
  SELECT * INTO known FROM "Architecture" a WHERE a.id = architecture_id;
  IF NOT FOUND OR known."failureCode" IS NOT NULL
     OR EXISTS (SELECT FROM "Evaluation" e WHERE e."architectureId" = architecture_id) THEN
    RETURN 'repeated';
  END IF;
  IF NOT may_enqueue AND (known.reference IS NOT NULL OR EXISTS (
    SELECT FROM "Generation" g WHERE g.id = known."generationId" AND g.evaluated + 1 >= g.size
  )) THEN
    RETURN 'enqueues';
  END IF;

  INSERT INTO "Evaluation" (
    id, "runId", "architectureId", score, stability, "heldOutLoss", "heldOutAccuracy", "stepSeconds",
    "stepRatio", "tokenUniformity", "taskScores", timings, engine, attempt, "workerId")
  VALUES (
    gen_random_uuid(), run_id, architecture_id, new_score, new_stability,
    (result->>'heldOutLoss')::float8, (result->>'heldOutAccuracy')::float8, new_step_seconds,
    new_step_ratio, nullif(result->'tokenUniformity', 'null'), result->'taskScores', result->'timings',
    engine_name, held_attempt, worker_id);
  UPDATE "Architecture" a
     SET score = new_score, stability = new_stability, "stepSeconds" = new_step_seconds,
         "stepRatio" = new_step_ratio, "updatedAt" = clock_timestamp()
   WHERE a.id = architecture_id;
  IF known.reference IS NULL THEN
    payload := payload || jsonb_build_object('generationId', known."generationId");
    RETURN CASE WHEN opnas_count_result(
      run_id, known."generationId", new_score, 'candidate.evaluated', payload, silence_seconds
    ) THEN 'last' ELSE 'stored' END;
  END IF;
  -- References count in no generation.
  WITH run AS (
    UPDATE "SearchRun" r SET "lastSeq" = r."lastSeq" + 1 WHERE r.id = run_id RETURNING r."lastSeq"
  )
  INSERT INTO "RunEvent" ("runId", seq, kind, payload)
  SELECT run_id, run."lastSeq", 'reference.evaluated', payload FROM run;
  PERFORM pg_notify('opnas_run', run_id::text);
  RETURN 'reference';
END $$;

-- Stores the results of several candidates of a run, each for the holder of its claim, as
-- opnas_record_result does (prisma/src/runs/evaluation.ts). It leaves those to that function after
-- which a job may have to be enqueued: the last of a generation, and references'.
-- @param results the results as JSON
-- @returns the outcome of each: "stored", or why nothing was stored: "repeated", "enqueues",
--   "attempt N" or "status S"
CREATE OR REPLACE FUNCTION opnas_store_results(
  run_id uuid, work_keys text[], held_attempts integer[], worker_ids uuid[], architecture_ids uuid[],
  results jsonb[], engine_names text[], silence_seconds integer
) RETURNS text[] LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off AS $$
DECLARE
  run "SearchRun";
  outcomes text[];
  scored integer;
BEGIN
  SELECT * INTO run FROM "SearchRun" r WHERE r.id = run_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN array_fill('status DELETED'::text, ARRAY[cardinality(work_keys)]); END IF;

  -- Of results of one generation those that come after its last but one are left.
  SELECT array_agg(
           CASE WHEN judged.outcome IS NOT NULL THEN judged.outcome
                WHEN judged.reference IS NOT NULL OR judged.evaluated + judged.nth >= judged.size THEN 'enqueues'
                ELSE 'stored' END
           ORDER BY judged.place)
    INTO outcomes
    FROM (
      SELECT known.*, row_number() OVER (
               PARTITION BY known."generationId", known.outcome IS NULL ORDER BY known.place) AS nth
        FROM (
          SELECT f.place, a.reference, a."generationId", g.evaluated, g.size,
                 CASE WHEN t.attempt <> f.attempt THEN 'attempt ' || t.attempt
                      WHEN run.status <> 'RUNNING' THEN 'status ' || run.status
                      WHEN a.id IS NULL OR a."failureCode" IS NOT NULL
                        OR EXISTS (SELECT FROM "Evaluation" e WHERE e."architectureId" = f.id)
                        OR row_number() OVER (PARTITION BY f.id, t.attempt = f.attempt ORDER BY f.place) > 1
                      THEN 'repeated' END AS outcome
            FROM unnest(work_keys, held_attempts, architecture_ids) WITH ORDINALITY AS f (key, attempt, id, place)
            JOIN "Attempt" t ON t."runId" = run_id AND t.task = f.key
            LEFT JOIN "Architecture" a ON a.id = f.id
            LEFT JOIN "Generation" g ON g.id = a."generationId"
        ) AS known
    ) AS judged;
  IF cardinality(outcomes) IS DISTINCT FROM cardinality(work_keys) THEN
    RAISE EXCEPTION 'a result has no attempt';
  END IF;
  IF NOT 'stored' = ANY(outcomes) THEN RETURN outcomes; END IF;

  WITH result AS (
    SELECT f.*, (f.value->>'score')::float8 AS score, (f.value->>'stability')::"Stability" AS stability,
           (f.value->>'stepSeconds')::float8 AS step_seconds, (f.value->>'stepRatio')::float8 AS step_ratio
      FROM unnest(architecture_ids, held_attempts, worker_ids, results, engine_names, outcomes)
             AS f (id, attempt, worker, value, engine, outcome)
     WHERE f.outcome = 'stored'
  ), copied AS (
    UPDATE "Architecture" a
       SET score = result.score, stability = result.stability, "stepSeconds" = result.step_seconds,
           "stepRatio" = result.step_ratio, "updatedAt" = clock_timestamp()
      FROM result WHERE a.id = result.id
  )
  INSERT INTO "Evaluation" (
    id, "runId", "architectureId", score, stability, "heldOutLoss", "heldOutAccuracy", "stepSeconds",
    "stepRatio", "tokenUniformity", "taskScores", timings, engine, attempt, "workerId")
  SELECT gen_random_uuid(), run_id, id, score, stability, (value->>'heldOutLoss')::float8,
         (value->>'heldOutAccuracy')::float8, step_seconds, step_ratio, nullif(value->'tokenUniformity', 'null'),
         value->'taskScores', value->'timings', engine, attempt, worker
    FROM result;
  GET DIAGNOSTICS scored = ROW_COUNT;

  -- A large generation's mean is brought up to date with every 64th part of it, as in opnas_count_result.
  UPDATE "Generation" g
     SET evaluated = g.evaluated + added.count,
         "bestScore" = greatest(g."bestScore", added.best),
         "meanScore" = CASE WHEN (g.evaluated + added.count) / greatest(1, g.size / 64) > g.evaluated / greatest(1, g.size / 64)
           THEN (
             SELECT sum(a.score ORDER BY a."indexInGeneration") / count(a.score) FROM "Architecture" a
              WHERE a."generationId" = g.id AND a.reference IS NULL AND a.score IS NOT NULL
           ) ELSE g."meanScore" END
    FROM (
      SELECT a."generationId" AS id, count(*)::int AS count, max(a.score) AS best
        FROM unnest(architecture_ids, outcomes) AS f (id, outcome)
        JOIN "Architecture" a ON a.id = f.id WHERE f.outcome = 'stored' GROUP BY a."generationId"
    ) AS added
   WHERE g.id = added.id;

  WITH event AS (
    SELECT row_number() OVER (ORDER BY f.place) AS nth, a.score,
           max(a.score) OVER (ORDER BY f.place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before,
           jsonb_build_object('architectureId', a.id, 'score', a.score, 'stability', a.stability,
                              'generationId', a."generationId") AS payload
      FROM unnest(architecture_ids, outcomes) WITH ORDINALITY AS f (id, outcome, place)
      JOIN "Architecture" a ON a.id = f.id WHERE f.outcome = 'stored'
  ), told AS (
    INSERT INTO "RunEvent" ("runId", seq, kind, payload)
    SELECT run_id, run."lastSeq" + nth, 'candidate.evaluated', payload FROM event
  )
  INSERT INTO "WebhookDelivery" ("webhookId", event, "runId", seq)
  SELECT w.id, 'NEW_BEST', run_id, run."lastSeq" + event.nth
    FROM "Webhook" w CROSS JOIN event
   WHERE 'NEW_BEST' = ANY(w.events)
     AND event.score > coalesce(greatest(run."bestScore", event.before), '-Infinity');

  -- The remaining time follows from the newest 16 evaluations.
  UPDATE "SearchRun" r
     SET "lastSeq" = r."lastSeq" + scored,
         "progressDone" = r."progressDone" + scored,
         "bestScore" = greatest(r."bestScore", (
           SELECT max(a.score) FROM unnest(architecture_ids, outcomes) AS f (id, outcome)
             JOIN "Architecture" a ON a.id = f.id WHERE f.outcome = 'stored')),
         "waitingReason" = NULL,
         "etaSeconds" = (r."progressTotal" - r."progressDone" - scored) * (
           SELECT coalesce(avg(recent.seconds), 0) FROM (
             SELECT (SELECT sum(value::float8) FROM jsonb_each_text(e.timings)) AS seconds
               FROM "Evaluation" e WHERE e."runId" = run_id ORDER BY e."createdAt" DESC LIMIT 16
           ) AS recent
         ) / greatest(1, (
           SELECT coalesce(sum(w.slots), 0) FROM "Worker" w
            WHERE w.status <> 'stopped'
              AND w."lastSeenAt" > clock_timestamp() - silence_seconds * interval '1 s'
         ))
   WHERE r.id = run_id;
  PERFORM opnas_notify_run(run_id, run."lastSeq");
  RETURN outcomes;
END $$;
