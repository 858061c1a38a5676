import {
  type Architecture,
  architectureKey,
  flops,
  parameterCount,
  presetNamed,
  searchContext,
  strategies,
} from "@opnas/core";
import type pg from "pg";

/** The share of the architectures that the largest run has; the others share the rest evenly. */
export const largestShare = 0.01;

/** Architectures that rows are made of; each row repeats one of them under a key of its own. */
const poolSize = 400;

/** Shapes of a made store. */
export interface SeedOptions {
  /** Architectures in all. */
  rows: number;
  runs: number;
}

/** The parts of the store that pages are asked of. */
export interface Seeded {
  largestRun: string;
  /** Architectures of that run. */
  largestRows: number;
}

/** Returns the parts of a store that is filled already, or null. */
async function seededBefore(client: pg.Client): Promise<Seeded | null> {
  const { rows } = await client.query<{ id: string; size: number }>(
    `SELECT run.id, sum(size)::int AS size FROM "SearchRun" run JOIN "Generation" g ON g."runId" = run.id
      WHERE seed = 1 AND run.name = 'run 1' GROUP BY 1`,
  );
  const [largest] = rows;
  return largest === undefined ? null : { largestRun: largest.id, largestRows: largest.size };
}

/**
 * Fills an empty, migrated store with architectures and their results, made by Postgres itself: scores
 * that rise with the parameters and scatter, a twentieth that diverged with score 0, a twentieth
 * without a result, a tenth without a step time, four references in each run, a tenth of the runs
 * archived. Indexes of the two large tables are made anew at the end, which takes less than keeping them.
 */
export async function seed(client: pg.Client, { rows, runs }: SeedOptions): Promise<Seeded> {
  const before = await seededBefore(client);
  if (before !== null) return before;
  await client.query("SELECT setseed(0.5)");
  await storePool(client);
  await client.query(
    `INSERT INTO "SearchRun" (id, name, status, phase, seed, preset, strategy, settings, "lastSeq", "createdAt",
                              "archivedAt")
     SELECT gen_random_uuid(), 'run ' || n, 'DONE', 'FINISHED', n,
            (ARRAY['tiny', 'tiny-linear', 'smoke'])[1 + n % 3],
            (ARRAY['opnas', 'random', 'evolution', 'reinforcement', 'tpe'])[1 + n % 5], $2, 0,
            now() - (($1 - n) * 400.0 / $1) * interval '1 day',
            CASE WHEN n % 10 = 7 THEN now() END
       FROM generate_series(1, $1::int) AS n`,
    [runs, JSON.stringify(presetNamed("smoke").settings)],
  );
  const largestRows = Math.max(1, Math.round(rows * largestShare));
  const otherRows = Math.max(1, Math.round((rows - largestRows) / Math.max(1, runs - 1)));
  const indexes = await dropIndexes(client);
  await client.query(`ALTER TABLE "Architecture" DISABLE TRIGGER "Architecture_features"`);
  await client.query(
    `INSERT INTO "Generation" (id, "runId", index, size, evaluated, "startedAt")
     SELECT gen_random_uuid(), run.id, index, size, size, run."createdAt" + index * interval '1 hour'
       FROM "SearchRun" run,
            LATERAL (SELECT CASE WHEN run.seed = 1 THEN $1::int ELSE $2::int END AS rows) AS whole,
            generate_series(0, 9) AS index,
            LATERAL (SELECT rows / 10 + (index < rows % 10)::int AS size) AS part
      WHERE size > 0`,
    [largestRows, otherRows],
  );
  await storeArchitectures(client);
  await storeReferences(client);
  await client.query(
    `INSERT INTO "Evaluation" (id, "runId", "architectureId", score, stability, "stepSeconds", "stepRatio", "taskScores", timings,
                               engine, attempt, "createdAt")
     SELECT gen_random_uuid(), "runId", id, score, stability, "stepSeconds", "stepRatio",
            jsonb_build_array(jsonb_build_object('task', 'mlm', 'title', 'Masked words', 'kind', 'zeroShot',
              'metric', 'accuracy', 'score', score, 'majority', 5, 'ngram', 20)),
            '{"trainSeconds": 20.5, "fineTuneSeconds": 31.25, "scoreSeconds": 4.5, "overheadSeconds": 0.25}',
            'tensorflow', 1, "createdAt" + interval '1 minute'
       FROM "Architecture" WHERE score IS NOT NULL`,
  );
  await client.query(`ALTER TABLE "Architecture" ENABLE TRIGGER "Architecture_features"`);
  for (const definition of indexes) await client.query(definition);
  await sumUp(client);
  await client.query("ANALYZE");
  const seeded = await seededBefore(client);
  if (seeded === null) throw new Error("The store was not filled.");
  return seeded;
}

/** Stores real architectures of a preset's space in a temporary table. */
async function storePool(client: pg.Client): Promise<void> {
  const { settings } = presetNamed("tiny");
  const context = searchContext({ ...settings, population: poolSize }, 1);
  const pool = strategies.random.initial(context).children.map(({ architecture }) => architecture);
  await client.query(
    "CREATE TEMPORARY TABLE pool (place int PRIMARY KEY, json jsonb, params float8, flops float8, gain float8, features text[])",
  );
  const costs = (cost: (each: Architecture) => number) => pool.map(cost);
  await client.query(
    `INSERT INTO pool SELECT place - 1, json::jsonb, params, flops, percent_rank() OVER (ORDER BY params),
            "architectureFeatures"(json::jsonb)
       FROM unnest($1::text[], $2::float8[], $3::float8[])
            WITH ORDINALITY AS made (json, params, flops, place)`,
    [
      pool.map((each) => JSON.stringify(each)),
      costs((each) => parameterCount(each, settings.size)),
      costs((each) => flops(each, settings.size)),
    ],
  );
  if (new Set(pool.map(architectureKey)).size < 2) throw new Error("The pool is too small.");
}

async function storeArchitectures(client: pg.Client): Promise<void> {
  await client.query(
    `INSERT INTO "Architecture" (id, "runId", "generationId", "indexInGeneration", key, name, json, features, params, flops,
                                 score, stability, "stepRatio", "stepSeconds", "createdAt", "updatedAt")
     SELECT id, "runId", "generationId", place, key, "adjective" || '-' || noun || '-' || substr(key, 4, 4), json,
            features, params, flops,
            CASE WHEN luck < 0.05 THEN NULL WHEN luck < 0.1 THEN 0
                 ELSE round((30 + 15 * gain + 12 * (chance + random() + random() - 1.5) + generation)::numeric, 4) END,
            (CASE WHEN luck < 0.05 THEN NULL WHEN luck < 0.1 THEN 'DIVERGED' WHEN luck < 0.15 THEN 'NO_LEARNING'
                  ELSE 'STABLE' END)::"Stability",
            "stepSeconds" * 5, "stepSeconds", time, time
       FROM (SELECT *, CASE WHEN luck BETWEEN 0.1 AND 0.9 THEN 0.05 + flops / 1e9 * (0.5 + random()) END AS "stepSeconds" FROM (
         SELECT gen_random_uuid() AS id, g."runId", g.id AS "generationId", g.index AS generation, place,
                md5(g.id::text || place) AS key, random() AS luck, random() AS chance, g."startedAt" AS time,
                (ARRAY['amber','brave','calm','deep','eager','fair','gilded','humble','ivory','keen'])[1 + floor(random() * 10)::int] AS adjective,
                (ARRAY['badger','crane','dove','elk','falcon','gecko','heron','ibis','kestrel','lark'])[1 + floor(random() * 10)::int] AS noun,
                floor(random() * $1)::int AS chosen, 1 + 0.2 * random() AS stretch
           FROM "Generation" g, generate_series(0, g.size - 1) AS place
       ) AS made
       JOIN (SELECT place AS number, json, gain, features, params AS "baseParams", flops AS "baseFlops" FROM pool) AS chosen
         ON chosen.number = made.chosen,
       LATERAL (SELECT round("baseParams" * stretch) AS params, round("baseFlops" * stretch) AS flops) AS costs) AS timed`,
    [poolSize],
  );
}

async function storeReferences(client: pg.Client): Promise<void> {
  await client.query(
    `INSERT INTO "Architecture" (id, "runId", "generationId", "indexInGeneration", key, name, json, features, params, flops,
                                 score, stability, "stepRatio", "stepSeconds", reference, "createdAt", "updatedAt")
     SELECT gen_random_uuid(), g."runId", g.id, g.size + number, md5(reference), reference, json, features, params, flops,
            40 + 20 * random(), 'STABLE', 1, 0.5, reference, g."startedAt", g."startedAt"
       FROM "Generation" g,
            unnest(ARRAY['bert', 'autobert-zero', 'autobert-zero-attention', 'autobert-zero-convolution'])
              WITH ORDINALITY AS named (reference, number)
       JOIN pool ON pool.place = number
      WHERE g.index = 0`,
  );
}

/** Writes what runs and generations keep of their architectures. */
async function sumUp(client: pg.Client): Promise<void> {
  await client.query(
    `UPDATE "Generation" g SET "bestScore" = best, "meanScore" = mean, "finishedAt" = "startedAt" + interval '1 hour'
       FROM (SELECT "generationId", max(score) AS best, avg(score) AS mean FROM "Architecture"
              WHERE reference IS NULL GROUP BY 1) AS found
      WHERE g.id = "generationId"`,
  );
  await client.query(
    `UPDATE "SearchRun" run SET "bestScore" = best, "progressDone" = size, "progressTotal" = size
       FROM (SELECT "runId", max("bestScore") AS best, sum(size)::int AS size FROM "Generation" GROUP BY 1) AS found
      WHERE run.id = "runId"`,
  );
}

/** Drops the indexes of the large tables that enforce nothing. @returns the statements that make them again */
async function dropIndexes(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
      WHERE schemaname = 'public' AND tablename IN ('Architecture', 'Evaluation')
        AND indexdef NOT LIKE 'CREATE UNIQUE%'`,
  );
  for (const { name } of rows) await client.query(`DROP INDEX "${name}"`);
  return rows.map(({ definition }) => definition);
}
