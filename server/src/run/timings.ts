import type { Database } from "@opnas/prisma";
import { Field, Float, ObjectType } from "type-graphql";

@ObjectType({
  description: "Where a run's time went, in seconds of workers, all candidates together.",
})
export class RunTimings {
  @Field(() => Float, { description: "Training of the super-net." })
  superNetSeconds!: number;

  @Field(() => Float, { description: "Candidates' own training after they inherited weights." })
  trainSeconds!: number;

  @Field(() => Float, { description: "Fine-tuning on the proxy tasks." })
  fineTuneSeconds!: number;

  @Field(() => Float, { description: "Scoring on held-out text." })
  scoreSeconds!: number;

  @Field(() => Float, { description: "The platform's own: queue, database, events." })
  overheadSeconds!: number;
}

/** The time split of each run, summed over its evaluations in one query. */
export async function runTimings(
  database: Database,
  runIds: readonly string[],
): Promise<Map<string, RunTimings>> {
  const rows = await database.$queryRaw<(RunTimings & { runId: string })[]>`
    SELECT run.id AS "runId", run."superNetSeconds",
           coalesce(sum((e.timings ->> 'trainSeconds')::float8), 0) AS "trainSeconds",
           coalesce(sum((e.timings ->> 'fineTuneSeconds')::float8), 0) AS "fineTuneSeconds",
           coalesce(sum((e.timings ->> 'scoreSeconds')::float8), 0) AS "scoreSeconds",
           coalesce(sum((e.timings ->> 'overheadSeconds')::float8), 0) AS "overheadSeconds"
      FROM "SearchRun" run
      LEFT JOIN "Evaluation" e ON e."runId" = run.id
     WHERE run.id = ANY(${[...runIds]}::uuid[])
     GROUP BY run.id`;
  return new Map(rows.map(({ runId, ...timings }) => [runId, timings]));
}
