import type { SearchSettings } from "@opnas/core";
import { type Database, Prisma, workerSilenceSeconds } from "@opnas/prisma";

/** The newest evaluations and runs that a measured speed is the mean of, at most. */
const newestEvaluations = 200;
const newestRuns = 20;

/** Speeds of earlier runs on the machines that are present; null where nothing was measured. */
export interface MeasuredSpeed {
  slots: number;
  secondsPerSuperNetStep: number | null;
  runs: number;
  secondsPerCandidate: number | null;
  evaluations: number;
}

/** Subquery: workers that are neither stopped nor lost. */
const present = Prisma.sql`(
  SELECT name, engine, slots FROM "Worker"
   WHERE status <> 'stopped'
     AND "lastSeenAt" > clock_timestamp() - ${workerSilenceSeconds} * interval '1 s'
)`;

/**
 * Reads how fast earlier runs went: those of the same preset whose settings that decide about speed are
 * equal, on the engines and, for candidates, on the workers (by name) that are present.
 */
export async function measuredSpeed(
  database: Database,
  preset: string,
  settings: SearchSettings,
): Promise<MeasuredSpeed> {
  const { size, superNet, candidate, fineTune, tasks, evaluationExamples } = settings;
  const { batch, branches } = superNet;
  const ofSize = equalTo({ size });
  const ofCandidates = equalTo({ size, candidate, fineTune, tasks, evaluationExamples });
  const [[{ slots }], [superNets], [candidates]] = await Promise.all([
    database.$queryRaw<[{ slots: number }]>`
      SELECT coalesce(sum(slots), 0)::int AS slots FROM ${present} AS present`,
    database.$queryRaw<[{ seconds: number | null; count: number }]>`
      SELECT sum(seconds) / sum(steps) AS seconds, count(*)::int AS count FROM (
        SELECT r."superNetSeconds" AS seconds, (r.settings #>> '{superNet,steps}')::float8 AS steps
          FROM "SearchRun" r
         WHERE r.preset = ${preset} AND r."superNetSeconds" > 0 AND ${ofSize}
           AND r.settings #>> '{superNet,batch}' = ${String(batch)}
           AND r.settings #>> '{superNet,branches}' = ${branches}
           AND r.engine IN (SELECT engine FROM ${present} AS present)
         ORDER BY r."createdAt" DESC LIMIT ${newestRuns}
      ) AS measured`,
    database.$queryRaw<[{ seconds: number | null; count: number }]>`
      SELECT avg(seconds) AS seconds, count(*)::int AS count FROM (
        SELECT (SELECT sum(value::float8) FROM jsonb_each_text(e.timings)) AS seconds
          FROM "SearchRun" r
          JOIN "Evaluation" e ON e."runId" = r.id
          JOIN "Worker" w ON w.id = e."workerId"
         WHERE r.preset = ${preset} AND ${ofCandidates}
           AND (w.name, e.engine) IN (SELECT name, engine FROM ${present} AS present)
         ORDER BY e."createdAt" DESC LIMIT ${newestEvaluations}
      ) AS measured`,
  ]);
  return {
    slots,
    secondsPerSuperNetStep: superNets.seconds,
    runs: superNets.count,
    secondsPerCandidate: candidates.seconds,
    evaluations: candidates.count,
  };
}

/** Returns the condition that a run's settings have these values. */
function equalTo(values: Partial<SearchSettings>): Prisma.Sql {
  const conditions = Object.entries(values).map(
    ([name, value]) => Prisma.sql`r.settings -> ${name} = ${JSON.stringify(value)}::jsonb`,
  );
  return Prisma.join(conditions, " AND ");
}
