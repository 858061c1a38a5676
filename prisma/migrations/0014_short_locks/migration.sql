-- Claims and results as one statement each (decision 0041): the lock of the run's row, for which all
-- claims and results of a run wait, is then held within the server alone, and no longer than it takes
-- to write. Each statement of these functions sees what was committed before it, as in a transaction.
--
-- Programs of other versions call them too: a function is never changed in what it means. What means
-- something else gets another name.

-- Notifies of a run's new events, unless an event before them in the same quarter of a second has: a
-- notification wakes the listening session of every worker, whatever it listens to, and a run of many
-- workers has a hundred events a second. Whoever listens reads again a while after each notification
-- (prisma/src/notifications.ts).
-- @param before the number of the run's newest event before them
CREATE FUNCTION opnas_notify_run(run_id uuid, before integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- As rounded as an event's time, so that none lies in a later quarter than its own notification.
  IF NOT EXISTS (
    SELECT FROM "RunEvent" e
     WHERE e."runId" = run_id AND e.seq = before
       AND e.time >= date_bin('250 ms', clock_timestamp()::timestamptz(3), 'epoch'::timestamptz)
  ) THEN
    PERFORM pg_notify('opnas_run', run_id::text);
  END IF;
END $$;

-- Claims one job's work of a run that is queued or running (prisma/src/runs/claim.ts).
-- @param started_architecture the candidate of which "candidate.started" is appended; NULL for none
-- @returns no row when there is no such run, or when it is paused or has ended
CREATE FUNCTION opnas_claim_work(
  run_id uuid, work_key text, worker_id uuid, started_architecture uuid
) RETURNS TABLE (attempt integer, run "SearchRun") LANGUAGE plpgsql AS $$
DECLARE
  held integer;
  claimed_at timestamptz;
  kinds text[] := '{}';
  payloads jsonb[] := '{}';
  was_queued boolean;
BEGIN
  SELECT * INTO run FROM "SearchRun" r WHERE r.id = run_id FOR NO KEY UPDATE;
  IF NOT FOUND OR run.status NOT IN ('QUEUED', 'RUNNING') THEN RETURN; END IF;
  was_queued := run.status = 'QUEUED';

  INSERT INTO "Attempt" AS a ("runId", task, attempt, "workerId", time)
  VALUES (run_id, work_key, 1, worker_id, clock_timestamp())
  ON CONFLICT ("runId", task) DO UPDATE
    SET attempt = a.attempt + 1, "workerId" = excluded."workerId", time = excluded.time
  RETURNING a.attempt, a.time INTO held, claimed_at;

  IF was_queued THEN
    kinds := kinds || 'run.status'::text;
    payloads := payloads || '{"status": "RUNNING", "reason": null}'::jsonb;
  END IF;
  IF started_architecture IS NOT NULL THEN
    kinds := kinds || 'candidate.started'::text;
    payloads := payloads || jsonb_build_object(
      'architectureId', started_architecture, 'workerId', worker_id, 'attempt', held);
  END IF;
  IF cardinality(kinds) > 0 THEN
    UPDATE "SearchRun" r
       SET "lastSeq" = r."lastSeq" + cardinality(kinds),
           status = 'RUNNING',
           "startedAt" = CASE WHEN was_queued THEN coalesce(r."startedAt", claimed_at) ELSE r."startedAt" END
     WHERE r.id = run_id RETURNING r.* INTO run;
    INSERT INTO "RunEvent" ("runId", seq, kind, payload)
    SELECT run_id, run."lastSeq" - cardinality(kinds) + place, event.kind, event.payload
      FROM unnest(kinds, payloads) WITH ORDINALITY AS event (kind, payload, place);
    PERFORM opnas_notify_run(run_id, run."lastSeq" - cardinality(kinds));
  END IF;
  -- The earlier attempt's worker may be alive: it stops as soon as it hears of this one.
  IF was_queued OR held > 1 THEN PERFORM pg_notify('opnas_claim', run_id::text); END IF;
  attempt := held;
  RETURN NEXT;
END $$;

-- Counts a candidate's result, or its failure as a NULL score, in its generation and in the run's
-- progress, and appends the event that reports it, then "generation.finished" after the last one. The
-- caller holds the lock of the run's row (prisma/src/runs/results.ts).
--
-- The mean is summed in a fixed order, not in order of arrival, so that equal searches have bit-equal
-- means; until a large generation ends it is brought up to date with every 64th part of it.
-- @param silence_seconds the seconds since its last report after which a worker is regarded as lost
-- @returns true when it was the generation's last
CREATE FUNCTION opnas_count_result(
  run_id uuid, generation_id uuid, new_score double precision, event_kind text, event_payload jsonb,
  silence_seconds integer
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  counted "Generation";
  newest integer;
  is_last boolean;
BEGIN
  UPDATE "Generation" g
     SET evaluated = g.evaluated + 1,
         "bestScore" = greatest(g."bestScore", new_score),
         "meanScore" = CASE WHEN g.evaluated + 1 = g.size OR (g.evaluated + 1) % greatest(1, g.size / 64) = 0
           THEN (
             SELECT sum(a.score ORDER BY a."indexInGeneration") / count(a.score) FROM "Architecture" a
              WHERE a."generationId" = g.id AND a.reference IS NULL AND a.score IS NOT NULL
           ) ELSE g."meanScore" END,
         "finishedAt" = CASE WHEN g.evaluated + 1 = g.size THEN clock_timestamp() END
   WHERE g.id = generation_id
  RETURNING g.* INTO counted;
  is_last := counted.evaluated = counted.size;

  -- The remaining time follows from the newest 16 evaluations.
  UPDATE "SearchRun" r
     SET "lastSeq" = r."lastSeq" + CASE WHEN is_last THEN 2 ELSE 1 END,
         "progressDone" = r."progressDone" + 1,
         "bestScore" = greatest(r."bestScore", new_score),
         "waitingReason" = NULL,
         "etaSeconds" = (r."progressTotal" - r."progressDone" - 1) * (
           SELECT coalesce(avg(recent.seconds), 0) FROM (
             SELECT (SELECT sum(value::float8) FROM jsonb_each_text(e.timings)) AS seconds
               FROM "Evaluation" e WHERE e."runId" = run_id ORDER BY e."createdAt" DESC LIMIT 16
           ) AS recent
         ) / greatest(1, (
           SELECT coalesce(sum(w.slots), 0) FROM "Worker" w
            WHERE w.status <> 'stopped'
              AND w."lastSeenAt" > clock_timestamp() - silence_seconds * interval '1 s'
         ))
   WHERE r.id = run_id
  RETURNING r."lastSeq" INTO newest;

  INSERT INTO "RunEvent" ("runId", seq, kind, payload)
  VALUES (run_id, CASE WHEN is_last THEN newest - 1 ELSE newest END, event_kind, event_payload);
  PERFORM opnas_announce(run_id, CASE WHEN is_last THEN newest - 1 ELSE newest END);
  IF is_last THEN
    INSERT INTO "RunEvent" ("runId", seq, kind, payload)
    VALUES (run_id, newest, 'generation.finished', jsonb_build_object(
      'generationId', generation_id, 'index', counted.index,
      'bestScore', coalesce(counted."bestScore", 0), 'meanScore', coalesce(counted."meanScore", 0)));
    PERFORM pg_notify('opnas_run', run_id::text);
  ELSE
    PERFORM opnas_notify_run(run_id, newest - 1);
  END IF;
  RETURN is_last;
END $$;

-- Stores the result of a candidate or reference for the holder of a claim
-- (prisma/src/runs/evaluation.ts).
-- @param may_enqueue whether the result may be one after which a job may be to be enqueued: the caller
--   does so in the same transaction
-- @returns "stored"; "last" when it closed its generation; "reference" when it was a reference's. Has
--   stored nothing when it returns "repeated", because there is a result or it has failed already;
--   "enqueues", because it would be one of those; "attempt N", the newer attempt; or "status S", that
--   of a run that is not running
CREATE FUNCTION opnas_record_result(
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
    "tokenUniformity", "taskScores", timings, engine, attempt, "workerId")
  VALUES (
    gen_random_uuid(), run_id, architecture_id, new_score, new_stability,
    (result->>'heldOutLoss')::float8, (result->>'heldOutAccuracy')::float8, new_step_seconds,
    nullif(result->'tokenUniformity', 'null'), result->'taskScores', result->'timings', engine_name,
    held_attempt, worker_id);
  UPDATE "Architecture" a
     SET score = new_score, stability = new_stability, "stepSeconds" = new_step_seconds,
         "updatedAt" = clock_timestamp()
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
