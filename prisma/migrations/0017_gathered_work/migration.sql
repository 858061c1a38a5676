-- Claims and results of a worker's slots, several in one step (decision 0041): the run's row, its
-- generation's and the newest event are written once for all of them. Each version of the run's row
-- that a step leaves behind is read by every step after it until no statement can see it any more, so
-- that fewer steps also make each of them shorter. Their statements are planned once in a session: the
-- plans do not depend on the values.

-- Engines that trained or scored for a run (prisma/src/runs/engines.ts).
ALTER TABLE "SearchRun" ADD COLUMN "engines" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- Work that a worker has done, as it reports it (prisma/src/contracts/workerWork.ts).
ALTER TABLE "Worker" ADD COLUMN "work" JSONB;

-- Versions of these rows that are written often find room in their own page.
ALTER TABLE "SearchRun" SET (fillfactor = 40);
ALTER TABLE "Generation" SET (fillfactor = 40);
ALTER TABLE "Attempt" SET (fillfactor = 70);
ALTER TABLE "Worker" SET (fillfactor = 40);

-- Regular work that one of all processes does at a time (prisma/src/turns.ts).
CREATE TABLE "Chore" (
    "name" TEXT NOT NULL,
    "begunAt" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "Chore_pkey" PRIMARY KEY ("name")
) WITH (fillfactor = 40);

-- Claims the work of several jobs of a run that is queued or running, each as opnas_claim_work does
-- (prisma/src/runs/claim.ts). No work may be named twice.
-- @param started the candidate of each of which "candidate.started" is appended; NULL for none
-- @returns the attempts in the order of the work, with the run; no row when there is no such run, or
--   when it is paused or has ended
CREATE FUNCTION opnas_claim_works(
  run_id uuid, work_keys text[], worker_ids uuid[], started uuid[]
) RETURNS TABLE (attempts integer[], run "SearchRun") LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  claimed_at timestamptz;
  was_queued boolean;
  added integer;
BEGIN
  SELECT * INTO run FROM "SearchRun" r WHERE r.id = run_id FOR NO KEY UPDATE;
  IF NOT FOUND OR run.status NOT IN ('QUEUED', 'RUNNING') THEN RETURN; END IF;
  was_queued := run.status = 'QUEUED';
  claimed_at := clock_timestamp();

  WITH wanted AS (
    SELECT * FROM unnest(work_keys, worker_ids) WITH ORDINALITY AS w (key, worker, place)
  ), held AS (
    INSERT INTO "Attempt" AS a ("runId", task, attempt, "workerId", time)
    SELECT run_id, key, 1, worker, claimed_at FROM wanted
    ON CONFLICT ("runId", task) DO UPDATE
      SET attempt = a.attempt + 1, "workerId" = excluded."workerId", time = excluded.time
    RETURNING a.task, a.attempt
  )
  SELECT array_agg(held.attempt ORDER BY place) INTO attempts
    FROM wanted JOIN held ON held.task = wanted.key;

  added := was_queued::int + cardinality(array_remove(started, NULL));
  IF added > 0 THEN
    UPDATE "SearchRun" r
       SET "lastSeq" = r."lastSeq" + added,
           status = 'RUNNING',
           "startedAt" = CASE WHEN was_queued THEN coalesce(r."startedAt", claimed_at) ELSE r."startedAt" END
     WHERE r.id = run_id RETURNING r.* INTO run;
    INSERT INTO "RunEvent" ("runId", seq, kind, payload)
    SELECT run_id, run."lastSeq" - added + row_number() OVER (ORDER BY event.place), event.kind, event.payload
      FROM (
        SELECT 0 AS place, 'run.status' AS kind, '{"status": "RUNNING", "reason": null}'::jsonb AS payload
         WHERE was_queued
        UNION ALL
        SELECT w.place, 'candidate.started', jsonb_build_object(
                 'architectureId', w.candidate, 'workerId', w.worker, 'attempt', attempts[w.place::int])
          FROM unnest(started, worker_ids) WITH ORDINALITY AS w (candidate, worker, place)
         WHERE w.candidate IS NOT NULL
      ) AS event;
    PERFORM opnas_notify_run(run_id, run."lastSeq" - added);
  END IF;
  -- The earlier attempt's worker may be alive: it stops as soon as it hears of this one.
  IF was_queued OR 1 < ANY(attempts) THEN PERFORM pg_notify('opnas_claim', run_id::text); END IF;
  RETURN NEXT;
END $$;

-- Stores the results of several candidates of a run, each for the holder of its claim, as
-- opnas_record_result does (prisma/src/runs/evaluation.ts). It leaves those to that function after
-- which a job may have to be enqueued: the last of a generation, and references'.
-- @param results the results as JSON
-- @returns the outcome of each: "stored", or why nothing was stored: "repeated", "enqueues",
--   "attempt N" or "status S"
CREATE FUNCTION opnas_store_results(
  run_id uuid, work_keys text[], held_attempts integer[], worker_ids uuid[], architecture_ids uuid[],
  results jsonb[], engine_names text[], silence_seconds integer
) RETURNS text[] LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
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
           (f.value->>'stepSeconds')::float8 AS step_seconds
      FROM unnest(architecture_ids, held_attempts, worker_ids, results, engine_names, outcomes)
             AS f (id, attempt, worker, value, engine, outcome)
     WHERE f.outcome = 'stored'
  ), copied AS (
    UPDATE "Architecture" a
       SET score = result.score, stability = result.stability, "stepSeconds" = result.step_seconds,
           "updatedAt" = clock_timestamp()
      FROM result WHERE a.id = result.id
  )
  INSERT INTO "Evaluation" (
    id, "runId", "architectureId", score, stability, "heldOutLoss", "heldOutAccuracy", "stepSeconds",
    "tokenUniformity", "taskScores", timings, engine, attempt, "workerId")
  SELECT gen_random_uuid(), run_id, id, score, stability, (value->>'heldOutLoss')::float8,
         (value->>'heldOutAccuracy')::float8, step_seconds, nullif(value->'tokenUniformity', 'null'),
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
